using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class NetworkParityTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NetworkVariant.Public, 1, 2, 2, 5)]
    [InlineData(NetworkVariant.Public, 2, 2, 2, 4)]
    [InlineData(NetworkVariant.Public, 2, 1, 1, 3)]
    [InlineData(NetworkVariant.Public, 1, 2, 2, 1)]
    [InlineData(NetworkVariant.Paper, 1, 2, 2, 5)]
    [InlineData(NetworkVariant.Paper, 2, 2, 2, 4)]
    [InlineData(NetworkVariant.Paper, 1, 2, 1, 3)]
    public void Output_and_gradient_are_those_of_PyTorch_in_double_precision(NetworkVariant variant, int fz, int fy, int fx, int planes)
    {
        var factors = new Factors(fz, fy, fx);
        VolumeShape shape = new(planes, 13, 18), fine = shape.Times(factors);
        using var oracle = new RestorationOracle();
        RestorationOracle.Run("network", oracle.Folder, variant == NetworkVariant.Public ? "public" : "paper", factors.ToString(), $"{shape.Z},{shape.Y},{shape.X}");
        var layout = new NetworkLayout(variant, factors);
        using var network = new CompiledNetwork(layout, KernelSet.Default, 4);
        network.Load(oracle.Floats("parameters"));
        using FloatVolume input = oracle.Volume("input", shape), target = oracle.Volume("target", fine);

        using var output = new FloatVolume(fine);
        using (var inference = new NetworkInference(network, new RestorationOptions()))
            inference.Enlarge(input, output, ensemble: false, Cancel);
        float[] expected = oracle.Floats("output");
        Assert.True(Volumes.MaxError(expected, Volumes.Samples(output)) < 1e-5 * expected.Max(Math.Abs));

        // The batch takes the target for the volume and shrinks it itself, so the pass below it is fed the oracle's input.
        using var cubic = new FloatVolume(fine);
        Resampling.Enlarge(input, factors, cubic, 1, Cancel);
        using FloatVolume detail = Volumes.From(fine, (z, y, x) => target.Plane(z)[y * fine.X + x] - cubic.Plane(z)[y * fine.X + x]);
        using var pass = new GradientPass(network);
        var executed = new float[layout.ExecutedCount];
        double loss = pass.Run(input, detail, null, 1.0 / fine.Voxels, executed);
        var gradient = new float[layout.StoredCount];
        BatchGradient.ToStored(layout, executed, gradient);

        float[] wanted = Volumes.Samples(target);
        Assert.Equal(expected.Zip(wanted, (a, b) => ((double)a - b) * ((double)a - b)).Average(), loss, 1e-5 * loss);
        Assert.True(Volumes.RelativeError(oracle.Floats("gradient"), gradient) < 1e-4);
    }

    [Theory]
    [InlineData(NetworkVariant.Public)]
    [InlineData(NetworkVariant.Paper)]
    public void A_network_whose_last_layer_is_zero_is_cubic_interpolation(NetworkVariant variant)
    {
        var factors = new Factors(2, 2, 2);
        var layout = new NetworkLayout(variant, factors);
        float[] parameters = Initialisation.Draw(layout, 4, new Random(3));
        parameters.AsSpan(layout.Layers[^1].StoredAt).Clear();
        using var network = new CompiledNetwork(layout, KernelSet.Default, 4);
        network.Load(parameters);
        using FloatVolume input = Volumes.Random(new(4, 9, 11), 4);
        using FloatVolume cubic = new(input.Shape.Times(factors)), found = new(cubic.Shape);

        Resampling.Enlarge(input, factors, cubic, 1, Cancel);
        using (var inference = new NetworkInference(network, new RestorationOptions()))
            inference.Enlarge(input, found, ensemble: true, Cancel);

        Assert.Equal(Volumes.Samples(cubic), Volumes.Samples(found));
    }
}
