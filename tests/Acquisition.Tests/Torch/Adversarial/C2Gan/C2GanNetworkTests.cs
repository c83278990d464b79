using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial;
using Acquisition.Torch.Adversarial.C2Gan;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial.C2Gan;

[Collection(LibTorchPresence.Collection)]
public sealed class C2GanNetworkTests
{
    public C2GanNetworkTests() => TorchCases.Require();

    // 64 channels and 6 blocks: convolutions without biases but for the last, and two numbers a channel for each norm.
    [Fact]
    public void The_papers_networks_have_as_many_parameters_as_their_layers_give()
    {
        using var scope = NewDisposeScope();
        using var chance = new Generator(1);
        using var networks = new C2GanNetworks(C2GanSettings.Of(TrainingPreset.Literal), chance);
        long generator = 49 * 64 + 9 * (64 * 128 + 128 * 256) + 12 * 9 * 256 * 256 + 9 * (256 * 128 + 128 * 64) + 49 * 64 + 1
            + 2 * (64 + 128 + 256 + 12 * 256 + 128 + 64);
        long discriminator = 16 * (64 + 64 * 128 + 128 * 256 + 256 * 512 + 512) + 64 + 2 * (128 + 256 + 512) + 1;
        Assert.Equal([generator, generator, discriminator, discriminator], networks.All.Select(part => part.Network.parameters().Sum(p => p.numel())));
        Assert.InRange(generator, 7_700_000, 7_900_000);
    }

    [Fact]
    public void Weights_are_drawn_from_the_papers_distributions_and_depend_on_the_seed_alone()
    {
        using var scope = NewDisposeScope();
        using Generator chance = new(7), again = new(7), other = new(8);
        var (random, settings) = (new Random(1), C2GanSettings.Of(TrainingPreset.Small));
        using C2GanNetworks drawn = new(settings, chance), same = new(settings, again), different = new(settings, other);
        foreach (var (name, tensor) in drawn.Forward.state_dict())
        {
            float[] values = HostTensors.Samples(tensor.detach()).ToArray();
            Assert.Equal(values, HostTensors.Samples(same.Forward.state_dict()[name].detach()).ToArray());
            if (name.EndsWith(".bias", StringComparison.Ordinal))
            {
                Assert.All(values, bias => Assert.Equal(0, bias));
                continue;
            }

            double mean = tensor.Dimensions == 1 ? 1 : 0;
            // Five standard errors of mean and variance.
            Assert.Equal(mean, values.Average(), 5 * 0.02 / Math.Sqrt(values.Length));
            Assert.Equal(4e-4, values.Average(value => (value - mean) * (value - mean)), 5 * 4e-4 * Math.Sqrt(2.0 / values.Length));
            Assert.NotEqual(values, HostTensors.Samples(different.Forward.state_dict()[name].detach()).ToArray());
        }
    }

    [Theory]
    [InlineData(2, 3, 2, 16, 24)]
    [InlineData(1, 4, 4, 48, 32)]
    [InlineData(1, 4, 3, 16, 16)]
    public void Networks_give_what_pytorch_gives_with_their_weights(int blocks, int layers, int halvings, int height, int width)
    {
        C2GanSettings settings = C2GanCase.Settings with { Blocks = blocks, DiscriminatorLayers = layers, DiscriminatorHalvings = halvings };
        OfflineModel model = C2GanCase.Drawn(settings);
        float[] input = [.. Enumerable.Range(0, 2 * height * width).Select(i => (float)Math.Sin(i * i * 0.37))];
        using var oracle = new RestorationOracle();
        C2GanCase.Write(oracle, "a", input);
        C2GanCase.Tell(oracle, model, settings, new() { ["shape"] = new[] { 2, 1, height, width } });
        RestorationOracle.RunScript("c2gan.py", "forward", oracle.Folder);

        using DisposeScope scope = NewDisposeScope();
        using var networks = new C2GanNetworks(settings, null);
        networks.Load(model);
        Device placed = TorchDevice.Open(TorchCases.Device);
        foreach (var (_, network) in networks.All) network.to(placed);
        Tensor x = tensor(input).reshape(2, 1, height, width).to(placed);
        Compare(oracle.Floats("generator"), networks.Forward.call(x));
        Compare(oracle.Floats("discriminator"), networks.JudgeB.call(x));
    }

    [Fact]
    public void Without_gradients_nothing_but_the_result_stays()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var chance = new Generator(1);
        using var generator = new ResidualGenerator(2, 1, chance);
        using Tensor x = ones([1, 1, 8, 8]);
        long before = Tensor.TotalCount;
        using Tensor y = generator.call(x);
        Assert.Equal(before + 1, Tensor.TotalCount);
        Assert.Equal([1, 1, 8, 8], y.shape);
        Assert.False(x.IsInvalid);
    }

    private static void Compare(float[] wanted, Tensor found)
    {
        float[] samples = HostTensors.Samples(found.detach().cpu().contiguous()).ToArray();
        Assert.Equal(wanted.Length, samples.Length);
        // Relative to the output's size: thousands of products in single precision.
        Assert.InRange(TorchCases.Relative(wanted, samples), 0, 2e-5);
        Assert.True(wanted.Max() - wanted.Min() > 0.1);
    }
}
