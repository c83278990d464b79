using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial;

[Collection(LibTorchPresence.Collection)]
public sealed class GradientLimitTests
{
    public GradientLimitTests() => TorchCases.Require();

    [Fact]
    public void A_gradient_far_longer_than_those_before_is_shortened_and_others_are_left()
    {
        using DisposeScope scope = NewDisposeScope();
        var limit = new GradientLimit();
        var parameters = (Parameter[])[nn.Parameter(zeros(2)), nn.Parameter(zeros(1))];
        Assert.Equal([3, 0, 4], Limited(3, 0, 4));   // 5 long; nothing is known before
        Assert.Equal([6, 0, 12], Limited(6, 0, 12)); // 13.4 of 20
        double average = 0.99 * 5 + 0.01 * Math.Sqrt(180);
        float[] shortened = Limited(300, 0, -400);
        Assert.Equal(4 * average * 0.6, shortened[0], 1e-4);
        Assert.Equal(4 * average * -0.8, shortened[2], 1e-4);

        using var memory = new MemoryStream();
        limit.Save(new BinaryWriter(memory));
        memory.Position = 0;
        limit = new GradientLimit();
        limit.Load(new BinaryReader(memory));
        average = 0.99 * average + 0.01 * 4 * average;
        Assert.Equal(4 * average, Limited(0, 1e6f, 0)[1], 1e-4);

        float[] Limited(float a, float b, float c)
        {
            parameters[0].grad = tensor([a, b], device: CPU);
            parameters[1].grad = tensor([c], device: CPU);
            limit.Apply(parameters);
            return [.. HostTensors.Samples(parameters[0].grad!), .. HostTensors.Samples(parameters[1].grad!)];
        }
    }
}
