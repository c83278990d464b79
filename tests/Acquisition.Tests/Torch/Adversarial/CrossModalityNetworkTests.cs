using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Adversarial.CrossModality;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch.Adversarial;

[Collection(LibTorchPresence.Collection)]
public sealed class CrossModalityNetworkTests
{
    public CrossModalityNetworkTests() => TorchCases.Require();

    [Theory]
    [InlineData(2, 32, 48)]
    [InlineData(1, 16, 16)]
    public void The_generator_gives_what_pytorch_gives_with_its_weights(int count, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new UNetGenerator(4);
        float[] input = CrossModalityCase.Noise(count * height * width, 1);
        Compare("generator", network, input, count, height, width);
    }

    [Theory]
    [InlineData(3, 32, 32)]
    [InlineData(1, 64, 48)]
    public void The_discriminator_gives_what_pytorch_gives_with_its_weights(int count, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new Discriminator(3);
        float[] input = CrossModalityCase.Noise(count * height * width, 2);
        Compare("discriminator", network, input, count, height, width);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    public void Networks_have_the_parameters_that_the_layers_of_the_paper_add_up_to(int channels)
    {
        long c = channels, down = Three(1, c) + Three(c, 2 * c) + Three(2 * c, 4 * c) + Three(4 * c, 8 * c);
        long up = Three(16 * c, 4 * c) + Three(8 * c, 2 * c) + Three(4 * c, c) + Three(2 * c, c / 2);
        using (var generator = new UNetGenerator(channels))
            Assert.Equal(down + Layer(8 * c, 8 * c) + up + Layer(c / 2, 1), generator.parameters().Sum(parameter => parameter.numel()));

        if (channels > 16) return; // forty million numbers, drawn for nothing
        long blocks = Enumerable.Range(0, 5).Sum(k => Layer(c << k, c << k) + Layer(c << k, c << (k + 1)));
        using var discriminator = new Discriminator(channels);
        Assert.Equal(Layer(1, c) + blocks + (32 * c + 1) * 32 * c + 32 * c + 1, discriminator.parameters().Sum(parameter => parameter.numel()));

        static long Layer(long from, long to) => (9 * from + 1) * to;
        static long Three(long from, long to) => Layer(from, to) + 2 * Layer(to, to);
    }

    [Fact]
    public void No_sample_depends_on_any_beyond_the_generators_reach_and_one_on_the_farthest()
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new UNetGenerator(2);
        Initialisation.Draw(network, WeightDraw.He, new Random(3));
        network.to(CPU);
        Tensor input = tensor(CrossModalityCase.Noise(640 * 16, 4)).reshape(1, 1, 640, 16).requires_grad_();
        Tensor output = network.call(input);
        int farthest = 0;
        for (int row = 320; row < 320 + UNetGenerator.Multiple; row++)
        {
            Tensor gradient = autograd.grad([output[0, 0, row].sum()], [input], retain_graph: true)[0].abs().sum([0, 1, 3]);
            ReadOnlySpan<float> felt = HostTensors.Samples(gradient);
            for (int from = 0; from < felt.Length; from++)
            {
                if (felt[from] != 0) farthest = Math.Max(farthest, Math.Abs(from - row));
            }
        }

        Assert.Equal(UNetGenerator.ReachPx, farthest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_are_drawn_from_a_normal_distribution_cut_at_two_deviations_and_biases_are_0(bool isHe)
    {
        using DisposeScope scope = NewDisposeScope();
        using var network = new UNetGenerator(16);
        Initialisation.Draw(network, isHe ? WeightDraw.He : WeightDraw.Paper, new Random(1));
        foreach (var (name, parameter) in network.named_parameters())
        {
            float[] values = HostTensors.Samples(parameter.detach()).ToArray();
            if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                Assert.All(values, value => Assert.Equal(0, value));
                continue;
            }

            double before = isHe ? Math.Sqrt(2 / (1.01 * 9 * parameter.shape[1])) : 0.05, after = 0.8796 * before; // cut normal distribution's deviation
            Assert.InRange(values.Max(Math.Abs), 0, 2.0001 * before);
            if (values.Length < 1000) continue;
            // Five standard errors of a variance; the cut distribution's is less than a normal one's.
            Assert.Equal(after * after, values.Average(value => (double)value * value), 5 * after * after * Math.Sqrt(2.0 / values.Length));
        }
    }

    private static void Compare(string name, nn.Module<Tensor, Tensor> network, float[] input, int count, int height, int width)
    {
        Initialisation.Draw(network, WeightDraw.He, new Random(3));
        CrossModalityCase.Disturb(network, 7);
        Device device = TorchDevice.Open(TorchCases.Device);
        network.to(device);
        using var oracle = new RestorationOracle();
        CrossModalityCase.Write(oracle, name, network);
        CrossModalityCase.Write(oracle, "input", input);
        RestorationOracle.RunScript("cross_modality.py", name, oracle.Folder, $"{count},{height},{width}");
        float[] wanted = oracle.Floats("output");
        using IDisposable frozen = no_grad();
        float[] found = HostTensors.Samples(network.call(tensor(input).reshape(count, 1, height, width).to(device)).cpu()).ToArray();
        Assert.Equal(wanted.Length, found.Length);
        // Relative to the output's size: thousands of products in single precision.
        Assert.InRange(TorchCases.Relative(wanted, found), 0, 2e-5);
        Assert.True(wanted.Max(Math.Abs) > 0.01);
    }
}
