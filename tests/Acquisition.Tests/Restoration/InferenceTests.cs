using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

public sealed class InferenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const long SmallestBudget = 16L << 20;

    [Theory]
    [InlineData(NetworkVariant.Public, 2, 2, 2)]
    [InlineData(NetworkVariant.Paper, 1, 2, 2)]
    public void Tiles_and_threads_give_the_bits_of_the_whole(NetworkVariant variant, int fz, int fy, int fx)
    {
        var factors = new Factors(fz, fy, fx);
        using CompiledNetwork network = Network(variant, factors);
        using FloatVolume input = Volumes.Random(new(70, 40, 37), 1);
        using FloatVolume whole = new(input.Shape.Times(factors)), tiled = new(whole.Shape);

        Enlarge(network, input, whole, new() { Ensemble = false, Threads = 1, ActivationBudgetBytes = 1L << 30 });
        Enlarge(network, input, tiled, new() { Ensemble = false, Threads = 3, ActivationBudgetBytes = SmallestBudget });

        Assert.True(Tiling.Plan(input.Shape, network, SmallestBudget).Z.Length > 1, "The budget must force tiles.");
        Assert.Equal(Volumes.Samples(whole), Volumes.Samples(tiled));
    }

    [Fact]
    public void Tiles_fit_the_budget_and_cover_the_volume_once()
    {
        using CompiledNetwork network = Network(NetworkVariant.Public, new(2, 2, 2));
        VolumeShape volume = new(101, 1000, 1003);

        const long budget = 64L << 20;
        Tiling tiling = Tiling.Plan(volume, network, budget);

        Assert.Equal((101, 1000, 1003), (Covered(tiling.Z), Covered(tiling.Y), Covered(tiling.X)));
        Assert.All(tiling.X, span => Assert.Equal(Math.Max(0, span.Start - 7), span.ReadStart));
        int z = tiling.Z.Max(span => span.ReadLength), y = tiling.Y.Max(span => span.ReadLength), x = tiling.X.Max(span => span.ReadLength);
        Assert.InRange(2 * Activations.Bytes(z, y, 27, x), 1, budget);

        static int Covered(TileSpan[] spans)
        {
            int at = 0;
            foreach (TileSpan span in spans)
            {
                Assert.Equal(at, span.Start);
                at = span.End;
            }
            return at;
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_turned_volume_is_restored_to_the_turned_result(int turns, bool flip)
    {
        var factors = new Factors(2, 2, 2);
        var orientation = new Orientation(turns, flip);
        using CompiledNetwork network = Network(NetworkVariant.Public, factors);
        using FloatVolume input = Volumes.Random(new(5, 12, 14), 2);
        using var turnedInput = new FloatVolume(orientation.Turned(input.Shape));
        using var output = new FloatVolume(input.Shape.Times(factors));
        using FloatVolume turnedOutput = new(turnedInput.Shape.Times(factors)), expected = new(turnedInput.Shape.Times(factors));
        orientation.Apply(input, turnedInput);

        Enlarge(network, input, output, new());
        Enlarge(network, turnedInput, turnedOutput, new());

        orientation.Apply(output, expected);
        Assert.True(Volumes.MaxError(Volumes.Samples(expected), Volumes.Samples(turnedOutput)) < 1e-5);
    }

    [Fact]
    public void Turns_are_those_of_a_quarter_circle_from_y_to_x()
    {
        // numpy.rot90([[0, 1, 2], [3, 4, 5]]) for one, two and three turns.
        using FloatVolume plane = Volumes.From(new(1, 2, 3), [0, 1, 2, 3, 4, 5]);
        float[][] expected = [[2, 5, 1, 4, 0, 3], [5, 4, 3, 2, 1, 0], [3, 0, 4, 1, 5, 2]];
        for (int turns = 1; turns < 4; turns++)
        {
            var orientation = new Orientation(turns, false);
            using var turned = new FloatVolume(orientation.Turned(plane.Shape));
            orientation.Apply(plane, turned);
            Assert.Equal(expected[turns - 1], Volumes.Samples(turned));
        }
    }

    [Fact]
    public void The_ensemble_turns_only_where_the_grid_allows()
    {
        Assert.Equal(8, Orientation.Ensemble(new(2, 2, 2), flipZ: true).Count);
        Assert.Equal(4, Orientation.Ensemble(new(1, 2, 2), flipZ: false).Count);
        Assert.Equal([0, 2], Orientation.Ensemble(new(2, 1, 2), flipZ: false).Select(o => o.Turns));
    }

    private static CompiledNetwork Network(NetworkVariant variant, Factors factors)
    {
        var layout = new NetworkLayout(variant, factors);
        float[] parameters = Initialisation.Draw(layout, 4, new Random(9));
        var random = new Random(10);
        Layer last = layout.Layers[^1];
        for (int i = last.StoredAt; i < layout.StoredCount; i++) parameters[i] = 0.1f * (2 * random.NextSingle() - 1);
        var network = new CompiledNetwork(layout, KernelSet.Default, 4);
        network.Load(parameters);
        return network;
    }

    private static void Enlarge(CompiledNetwork network, FloatVolume input, FloatVolume output, RestorationOptions options)
    {
        using var inference = new NetworkInference(network, options);
        inference.Enlarge(input, output, options.Ensemble, Cancel);
    }
}
