using System.Runtime.InteropServices;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Isotropy;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Isotropy;

[Collection(LibTorchPresence.Collection)]
public sealed class NetworkModuleTests
{
    public NetworkModuleTests() => TorchCases.Require();

    [Theory]
    [InlineData(IsotropicNetwork.IsoNet1, 57_283)]
    [InlineData(IsotropicNetwork.IsoNet2, 314_561)]
    [InlineData(IsotropicNetwork.CareIsotropic, 922_977)]
    public void Networks_have_the_published_number_of_parameters(IsotropicNetwork network, int count)
    {
        using var module = new NetworkModule(NetworkPlan.Of(network));
        Assert.Equal(count, module.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(count, NetworkPlan.Of(network).Count);
        Assert.Equal(NetworkPlan.Of(network).Tensors().Select(tensor => tensor.Name), module.named_parameters().Select(parameter => parameter.name));
    }

    [Theory]
    [InlineData(IsotropicNetwork.IsoNet1, 2, 9, 13)]
    [InlineData(IsotropicNetwork.IsoNet2, 2, 16, 28)]
    [InlineData(IsotropicNetwork.CareIsotropic, 1, 20, 12)]
    public void A_network_gives_what_pytorch_gives_with_its_weights(IsotropicNetwork network, int count, int height, int width)
    {
        NetworkPlan plan = NetworkPlan.Of(network);
        var random = new Random(3);
        float[] weights = plan.Draw(random), input = [.. Enumerable.Range(0, count * height * width).Select(_ => random.NextSingle())];
        // Biases and the last layer too, which start at 0.
        foreach (ref float weight in weights.AsSpan()) weight += 0.02f * (random.NextSingle() - 0.3f);
        using var oracle = new RestorationOracle();
        File.WriteAllBytes(Path.Combine(oracle.Folder, "weights.f32"), MemoryMarshal.AsBytes<float>(weights));
        File.WriteAllBytes(Path.Combine(oracle.Folder, "input.f32"), MemoryMarshal.AsBytes<float>(input));
        RestorationOracle.RunScript("isonet.py", network.ToString(), oracle.Folder, $"{count},{height},{width}");
        float[] wanted = oracle.Floats("output");

        using DisposeScope scope = NewDisposeScope();
        using var module = new NetworkModule(plan);
        Device placed = TorchDevice.Open(TorchCases.Device);
        module.to(placed);
        module.Load(weights);
        Assert.Equal(weights, module.Save());
        Tensor x = tensor(input).reshape(count, 1, height, width).to(placed);
        float[] found = MemoryMarshal.Cast<byte, float>(module.call(x).cpu().bytes).ToArray();
        // Relative to the output's size: thousands of products in single precision.
        Assert.InRange(Volumes.MaxError(wanted, found) / wanted.Max(Math.Abs), 0, 2e-5);
        Assert.True(wanted.Max() - wanted.Min() > 0.1);
    }

    [Theory]
    [InlineData(IsotropicNetwork.IsoNet1)]
    [InlineData(IsotropicNetwork.IsoNet2)]
    [InlineData(IsotropicNetwork.CareIsotropic)]
    public void Weights_are_drawn_by_glorots_rule_and_a_residual_network_starts_by_changing_nothing(IsotropicNetwork network)
    {
        NetworkPlan plan = NetworkPlan.Of(network);
        float[] weights = plan.Draw(new Random(1));
        int start = 0;
        foreach (Convolution layer in plan.Layers.SkipLast(1))
        {
            double bound = Math.Sqrt(6.0 / (layer.Kernel * layer.Kernel * (layer.From + layer.To)));
            float[] drawn = weights[start..(start + layer.Weights)];
            Assert.InRange(drawn.Max(Math.Abs), 0.9 * bound, bound);
            // A uniform distribution's variance, to five standard errors of it.
            Assert.Equal(bound * bound / 3, drawn.Average(w => (double)w * w), 5 * bound * bound / 3 * Math.Sqrt(0.8 / drawn.Length));
            Assert.All(weights[(start + layer.Weights)..(start + layer.Weights + layer.To)], bias => Assert.Equal(0, bias));
            start += layer.Weights + layer.To;
        }
        Assert.All(weights[start..^1], weight => Assert.Equal(plan.IsUNet ? 0 : 1, weight));
        if (!plan.IsUNet) return;

        using DisposeScope scope = NewDisposeScope();
        using var module = new NetworkModule(plan);
        module.Load(weights);
        Tensor x = rand([1, 1, 8, 12]);
        Assert.True(module.call(x).Equals(x));
    }

    [Fact]
    public void Dropout_leaves_the_mean_and_stops_outside_training()
    {
        using DisposeScope scope = NewDisposeScope();
        NetworkPlan plan = NetworkPlan.Of(IsotropicNetwork.IsoNet2);
        using var chance = new Generator(5);
        using NetworkModule dropping = new(plan, 0.2, chance), plain = new(plan);
        float[] weights = plan.Draw(new Random(2));
        foreach (ref float weight in weights.AsSpan(weights.Length - 17)) weight = 0.1f;
        dropping.Load(weights);
        plain.Load(weights);
        Tensor x = rand([1, 1, 16, 16]), wanted = plain.call(x);
        Assert.False(dropping.call(x).allclose(wanted));
        Assert.False(dropping.call(x).Equals(dropping.call(x)));
        dropping.eval();
        Assert.True(dropping.call(x).Equals(wanted));
    }

    [Fact]
    public void The_loss_is_ten_times_the_logarithm_of_each_patchs_square_error_or_the_mean_absolute_error()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(4);
        float[] a = [.. Enumerable.Range(0, 2 * 16).Select(_ => random.NextSingle())], b = [.. a.Select(v => v + random.NextSingle() / 5)];
        Tensor x = tensor(a).reshape(2, 1, 4, 4), y = tensor(b).reshape(2, 1, 4, 4);
        double[] squares = [.. Enumerable.Range(0, 2).Select(n => Enumerable.Range(16 * n, 16).Average(i => Math.Pow((double)a[i] - b[i], 2)))];
        Assert.Equal(squares.Average(mse => 10 * Math.Log10(mse + 1e-6)), NetworkTraining.Loss(x, y, IsotropicLoss.LogSquareError).item<float>(), 1e-4);
        Assert.Equal(a.Zip(b, (u, v) => Math.Abs((double)u - v)).Average(), NetworkTraining.Loss(x, y, IsotropicLoss.AbsoluteError).item<float>(), 1e-6);
        Assert.Equal(-60, NetworkTraining.Loss(x, x, IsotropicLoss.LogSquareError).item<float>(), 1e-4);
    }
}
