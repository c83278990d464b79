using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class TransferGainTests
{
    private static readonly Factors Twice = new(2, 2, 2);
    private static readonly RestorationOptions Options = new() { Ensemble = false };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void It_is_the_least_squares_factor_between_missing_and_added_detail()
    {
        var layout = new NetworkLayout(NetworkVariant.Paper, Twice);
        float[] parameters = Parameters(layout);
        using FloatVolume acquired = Volumes.Rods(new(6, 20, 22), 1);
        using var network = new CompiledNetwork(layout, KernelSet.Default, 4);

        double gain = TransferGain.Measure(network, parameters, acquired, Options, Cancel);

        // With the gain in the last layer the remaining error is orthogonal to what the network adds, so the gain becomes 1.
        Assert.InRange(gain, 0.05, 1.2);
        TransferGain.Apply(layout, parameters, gain);
        Assert.Equal(1, TransferGain.Measure(network, parameters, acquired, Options, Cancel), 1e-3);
    }

    [Fact]
    public void Detail_that_contradicts_the_acquired_samples_counts_nothing()
    {
        var layout = new NetworkLayout(NetworkVariant.Paper, Twice);
        float[] parameters = Parameters(layout);
        TransferGain.Apply(layout, parameters, -1);
        using FloatVolume acquired = Volumes.Rods(new(6, 20, 22), 1);
        using var network = new CompiledNetwork(layout, KernelSet.Default, 4);

        Assert.Equal(0, TransferGain.Measure(network, parameters, acquired, Options, Cancel));
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
        TransferGain.Apply(layout, parameters, 0.5);
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
