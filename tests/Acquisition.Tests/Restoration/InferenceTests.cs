using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Threading;
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
    public void Columns_and_threads_give_the_bits_of_the_whole(NetworkVariant variant, int fz, int fy, int fx)
    {
        var factors = new Factors(fz, fy, fx);
        using CompiledNetwork network = Network(variant, factors);
        using FloatVolume input = Volumes.Random(new(9, 200, 150), 1);
        using FloatVolume whole = new(input.Shape.Times(factors)), cut = new(whole.Shape);

        Enlarge(network, input, whole, new() { Ensemble = false, Threads = 1, ActivationBudgetBytes = 1L << 30 });
        Enlarge(network, input, cut, new() { Ensemble = false, Threads = 3, ActivationBudgetBytes = SmallestBudget });

        Assert.True(Columns.Plan(input.Shape, network, 3, SmallestBudget).Length > 1, "The budget must force columns.");
        Assert.Equal(Volumes.Samples(whole), Volumes.Samples(cut));
    }

    [Theory]
    [InlineData(NetworkVariant.Public, 2, 40, 13, 9)]
    [InlineData(NetworkVariant.Public, 1, 5, 18, 33)]
    [InlineData(NetworkVariant.Public, 2, 1, 9, 20)]
    [InlineData(NetworkVariant.Public, 2, 2, 5, 20)]
    [InlineData(NetworkVariant.Paper, 2, 37, 10, 17)]
    [InlineData(NetworkVariant.Paper, 1, 3, 4, 40)]
    public void A_stream_of_planes_gives_what_a_pass_over_the_whole_gives(NetworkVariant variant, int fz, int z, int y, int x)
    {
        var factors = new Factors(fz, 2, 2);
        using CompiledNetwork network = Network(variant, factors, z);
        using FloatVolume input = Volumes.Random(new(z, y, x), 5);
        using FloatVolume streamed = new(input.Shape.Times(factors)), expected = new(streamed.Shape);
        Resampling.Enlarge(input, factors, expected, 1, Cancel);
        using (var pass = new GradientPass(network)) AddShuffled(pass.Forward(input), factors, expected);

        Enlarge(network, input, streamed, new() { Ensemble = false });

        // Winograd tiles lie elsewhere and round differently.
        float[] samples = Volumes.Samples(expected);
        Assert.True(Volumes.MaxError(samples, Volumes.Samples(streamed)) < 5e-6 * samples.Max(Math.Abs));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 3)]
    [InlineData(32, 2)]
    public void The_bits_do_not_depend_on_how_planes_arrive(int perPush, int threads)
    {
        var shape = new VolumeShape(37, 21, 40);
        using CompiledNetwork network = Network(NetworkVariant.Public, new(2, 2, 2));
        using FloatVolume input = Volumes.Random(shape, 6);

        Assert.Equal(Stream(network, input, NetworkStream.MostPlanes, 1), Stream(network, input, perPush, threads));
    }

    private static unsafe float[] Stream(CompiledNetwork network, FloatVolume input, int perPush, int threads)
    {
        VolumeShape shape = input.Shape;
        using var team = new WorkTeam(threads);
        using var stream = new NetworkStream(network, team);
        var rows = new Rows(shape, network.Layout.Factors.Product);
        stream.Begin(shape, rows);
        for (int z = 0; z < shape.Z; z += perPush)
        {
            int planes = Math.Min(perPush, shape.Z - z);
            for (int i = z; i < z + planes; i++)
            {
                for (int y = 0; y < shape.Y; y++)
                    new ReadOnlySpan<float>(input.Row(i, y), shape.X).CopyTo(new Span<float>(stream.InputRow(i, y), shape.X));
            }
            stream.Push(planes, Cancel);
        }
        return rows.Samples;
    }

    private sealed class Rows(VolumeShape shape, int phases) : IPhaseSink
    {
        public float[] Samples { get; } = new float[shape.Voxels * phases];

        public unsafe void Accept(int z, int y, float* first, nint phaseStride)
        {
            for (int p = 0; p < phases; p++)
                new ReadOnlySpan<float>(first + p * phaseStride, shape.X).CopyTo(Samples.AsSpan(((z * shape.Y + y) * phases + p) * shape.X));
        }
    }

    [Fact]
    public void Detail_comes_out_while_planes_go_in()
    {
        using CompiledNetwork network = Network(NetworkVariant.Public, new(2, 2, 2));
        using var team = new WorkTeam(2);
        using var stream = new NetworkStream(network, team);
        var last = new LastPlane();
        stream.Begin(new(80, 64, 64), last);
        int most = 0;
        for (int z = 0; z < 80; z += NetworkStream.Tile)
        {
            stream.Push(NetworkStream.Tile, Cancel);
            most = Math.Max(most, z + NetworkStream.Tile - 1 - last.Z);
        }

        Assert.Equal(79, last.Z);
        Assert.Equal(network.Layout.Radius, most);
    }

    private sealed class LastPlane : IPhaseSink
    {
        private int _z = -1;

        public int Z => _z;

        public unsafe void Accept(int z, int y, float* phases, nint phaseStride) => Volatile.Write(ref _z, z);
    }

    private static unsafe void AddShuffled(Activations phases, Factors factors, FloatVolume fine)
    {
        for (int z = 0; z < fine.Shape.Z; z++)
        {
            for (int y = 0; y < fine.Shape.Y; y++)
            {
                for (int x = 0; x < fine.Shape.X; x++)
                {
                    int phase = (z % factors.Z * factors.Y + y % factors.Y) * factors.X + x % factors.X;
                    fine.Row(z, y)[x] += phases.Row(z / factors.Z, y / factors.Y, phase)[x / factors.X];
                }
            }
        }
    }

    [Fact]
    public void Columns_fit_the_budget_and_cover_the_volume_once()
    {
        using CompiledNetwork network = Network(NetworkVariant.Public, new(2, 2, 2));
        VolumeShape volume = new(101, 1000, 1003);
        const long budget = 200L << 20;

        ColumnSpan[] columns = Columns.Plan(volume, network, 2, budget);

        Assert.Equal(1003, Covered(columns));
        Assert.All(columns, span => Assert.Equal(Math.Max(0, span.Start - 7), span.ReadStart));
        Assert.InRange(NetworkStream.Bytes(network, volume.Y, columns.Max(span => span.ReadLength), 2), 1, budget);

        static int Covered(ColumnSpan[] spans)
        {
            int at = 0;
            foreach (ColumnSpan span in spans)
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

    private static CompiledNetwork Network(NetworkVariant variant, Factors factors, int planes = 4)
    {
        var layout = new NetworkLayout(variant, factors);
        float[] parameters = Initialisation.Draw(layout, 4, new Random(9));
        var random = new Random(10);
        Layer last = layout.Layers[^1];
        for (int i = last.StoredAt; i < layout.StoredCount; i++) parameters[i] = 0.1f * (2 * random.NextSingle() - 1);
        var network = new CompiledNetwork(layout, KernelSet.Default, planes);
        network.Load(parameters);
        return network;
    }

    private static void Enlarge(CompiledNetwork network, FloatVolume input, FloatVolume output, RestorationOptions options)
    {
        using var inference = new NetworkInference(network, options);
        inference.Enlarge(input, output, options.Ensemble, Cancel);
    }
}
