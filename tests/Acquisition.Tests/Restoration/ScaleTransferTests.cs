using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class ScaleTransferTests
{
    private static readonly Factors Twice = new(2, 2, 2);
    private static readonly RestorationOptions Options = new() { Ensemble = false };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(1.1), InlineData(2)]
    public void Gains_on_a_line_over_the_logarithm_of_the_ratio_stay_on_it(double ratio) => Assert.Equal(
        0.4 + 0.8 * Math.Log(ratio),
        ScaleTransfer.OnLine([.. new[] { 1.7, 1.5, 1.3, 1.2 }.Select(r => (r, 0.4 + 0.8 * Math.Log(r)))], ratio), 1e-12);

    [Fact]
    public void Noise_about_the_line_is_averaged()
    {
        // Intercept of y = (1, 2, 2) over x = (1, 2, 3): slope 1/2, mean 5/3, so 5/3 − 2/2.
        double found = ScaleTransfer.OnLine([(Math.E, 1), (Math.Exp(2), 2), (Math.Exp(3), 2)], 1);

        Assert.Equal(2 / 3.0, found, 1e-12);
    }

    [Theory, InlineData(2), InlineData(0.25), InlineData(-1)]
    public void Stronger_detail_counts_less_and_opposite_detail_the_opposite(double factor)
    {
        var layout = new NetworkLayout(NetworkVariant.Paper, Twice);
        float[] parameters = Parameters(layout);
        using FloatVolume acquired = Volumes.Rods(new(7, 20, 22), 1);
        using var network = new CpuNetwork(layout, KernelSet.Default, 4);
        using var grid = new TransferGrid(acquired, Twice, 4.0 / 3, SampleRange.Of(acquired), Options, Cancel);

        network.Load(parameters);
        var before = grid.Compare(network, ensemble: false, Cancel);
        ScaleTransfer.Apply(layout, parameters, factor);
        network.Load(parameters);
        var after = grid.Compare(network, ensemble: false, Cancel);

        Assert.NotEqual(0, before.Correlation, 2e-2);
        Assert.Equal(before.Correlation * Math.Sign(factor), after.Correlation, 1e-3);
        Assert.Equal(1, before.Gain / after.Gain / factor, 1e-2);
    }

    [Theory, InlineData(1), InlineData(-1)]
    public void Detail_that_contradicts_the_acquired_samples_counts_nothing(double sign)
    {
        var layout = new NetworkLayout(NetworkVariant.Paper, Twice);
        float[] parameters = Parameters(layout);
        ScaleTransfer.Apply(layout, parameters, sign);
        using FloatVolume acquired = Volumes.Rods(new(7, 20, 22), 1);
        using var network = new CpuNetwork(layout, KernelSet.Default, 4);
        using var transfer = new ScaleTransfer(acquired, Twice, Options, Cancel);
        network.Load(parameters);

        double gain = transfer.Gain(network, ensemble: false, Cancel), correlation = transfer.Judge(network, Cancel).Correlation;

        Assert.Equal(correlation < 0, gain == 0);
        Assert.InRange(gain, 0, 1.5);
    }

    [Fact]
    public void A_network_that_adds_nothing_counts_nothing()
    {
        var layout = new NetworkLayout(NetworkVariant.Paper, Twice);
        using FloatVolume acquired = Volumes.Rods(new(7, 20, 22), 1);
        using var network = new CpuNetwork(layout, KernelSet.Default, 4);
        using var transfer = new ScaleTransfer(acquired, Twice, Options, Cancel);
        network.Load(new float[layout.StoredCount]);

        Assert.Equal(0, transfer.Gain(network, ensemble: false, Cancel));
        Assert.Equal(0, transfer.Judge(network, Cancel).Correlation);
    }

    [Fact]
    public void Applying_it_scales_what_the_network_adds()
    {
        var layout = new NetworkLayout(NetworkVariant.Public, Twice);
        float[] parameters = Initialisation.Draw(layout, 4, new Random(2));
        using FloatVolume input = Volumes.Random(new(3, 9, 10), 3);
        using FloatVolume cubic = new(input.Shape.Times(Twice)), full = new(cubic.Shape), half = new(cubic.Shape);
        Resampling.Enlarge(input, Twice, cubic, 1, Cancel);

        Enlarge(full);
        ScaleTransfer.Apply(layout, parameters, 0.5);
        Enlarge(half);

        float[] expected = [.. Volumes.Samples(cubic).Zip(Volumes.Samples(full), (a, b) => (a + b) / 2)];
        Assert.True(Volumes.MaxError(expected, Volumes.Samples(half)) < 1e-6);

        void Enlarge(FloatVolume output)
        {
            using var network = new CompiledNetwork(layout, KernelSet.Default, 4);
            network.Load(parameters);
            using var inference = new NetworkInference(network, Options);
            inference.Enlarge(input, output, ensemble: false, Cancel);
        }
    }

    /// <summary>A network that adds a sharpened copy of its input: random ones may point anywhere.</summary>
    private static float[] Parameters(NetworkLayout layout)
    {
        var parameters = new float[layout.StoredCount];
        foreach (Layer layer in layout.Layers)
        {
            ConvShape conv = layer.Stored;
            int centre = conv.Taps / 2;
            for (int co = 0; co < conv.Out; co++) parameters[layer.StoredAt + co * conv.InPerGroup * conv.Taps + centre] = 1;
            if (layer.HasSlopes) parameters.AsSpan(layer.StoredSlopeAt, conv.Out).Fill(1);
        }
        // First layer: the sample minus the mean of its six neighbours, five taps wide.
        Span<float> first = parameters.AsSpan(layout.Layers[0].StoredAt, 125);
        first[62 - 25] = first[62 + 25] = first[62 - 5] = first[62 + 5] = first[62 - 1] = first[62 + 1] = -1 / 6f;
        return parameters;
    }
}
