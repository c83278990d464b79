using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

/// <summary>Volumes restored while they are acquired.</summary>
public sealed class PlaneRestorerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly RestorationOptions Quick = new() { BackProjections = 3, Ensemble = false, Threads = 1 };

    private readonly CpuEngine _engine = new();

    [Theory]
    [InlineData(1, 9, 10, "1,2,2", 1)]
    [InlineData(2, 12, 9, "2,2,2", 1)]
    [InlineData(11, 8, 17, "2,2,2", 1)]
    [InlineData(17, 10, 8, "1,2,2", 0.5)]
    [InlineData(9, 9, 8, "2,2,2", 0.5)]
    [InlineData(5, 9, 8, "4,4,4", 1)]
    [InlineData(6, 8, 9, "4,2,4", 0.5)]
    [InlineData(6, 8, 9, "4,2,4", 0)]
    public void Planes_have_the_bits_of_the_whole_volume_with_and_without_a_network(int z, int y, int x, string factorText, double gain)
    {
        Factors factors = ParseFactors(factorText);
        RestorationOptions options = Quick with { DetailGain = gain };
        using FloatVolume acquired = Volumes.Rods(new(z, y, x), 1);
        foreach (TunedModel? model in new[] { null, Model(factors) })
        {
            using var whole = new FloatVolume(acquired.Shape.Times(factors));
            _engine.Restore(model, acquired, factors, 0.05f, options, whole, out double expectedRms, Cancel);

            var found = new List<float>();
            using IPlaneRestorer stream = _engine.OpenStream(model, acquired.Shape, factors, 0.05f, options with { Threads = 3 }, (at, plane) =>
            {
                Assert.Equal(found.Count, at * whole.Shape.PlaneVoxels);
                found.AddRange(plane);
            });
            for (int again = 0; again < 2; again++)
            {
                found.Clear();
                stream.Reset();
                for (int plane = 0; plane < z; plane++) stream.Push(acquired.Plane(plane), nextAtHand: again == 1, Cancel);
                Assert.Equal(expectedRms, stream.Complete());
                Assert.Equal(Volumes.Samples(whole), found);
            }
        }
    }

    [Fact]
    public void Without_a_network_the_whole_is_cubic_interpolation_and_rounds_of_back_projection()
    {
        var factors = new Factors(2, 2, 2);
        using FloatVolume acquired = Volumes.Rods(new(7, 12, 13), 2);
        using FloatVolume expected = new(acquired.Shape.Times(factors)), found = new(expected.Shape);
        Resampling.Enlarge(acquired, factors, expected, 1, Cancel);
        double expectedRms = BackProjection.Refine(acquired, expected, factors, 3, 0, 1, Cancel);

        _engine.Restore(null, acquired, factors, 0, Quick, found, out double rms, Cancel);

        Assert.Equal(Volumes.Samples(expected), Volumes.Samples(found));
        Assert.Equal(expectedRms, rms);
    }

    [Theory]
    [InlineData(1, 10, 0)]
    [InlineData(2, 2, 5)]
    public void Restored_planes_come_as_early_as_their_neighbours_allow(int factorZ, int rounds, int behind)
    {
        // Undersampled in the plane alone, a plane depends on no other; otherwise the reach is that of 13 more fine planes after the
        // two acquired ones of interpolation: with planes 0 to q acquired, fine planes up to 2q − 2 are enlarged.
        var factors = new Factors(factorZ, 2, 2);
        using FloatVolume acquired = Volumes.Random(new(30, 6, 5), 3);
        int last = -1;
        using IPlaneRestorer stream = _engine.OpenStream(
            null, acquired.Shape, factors, 0, Quick with { BackProjections = rounds }, (z, _) => last = z);
        for (int z = 0; z < 29; z++)
        {
            stream.Push(acquired.Plane(z), false, Cancel);
            int expected = factorZ == 1 ? z : 2 * z - 2 - 13;
            Assert.InRange(last, Math.Max(-1, expected), Math.Max(-1, expected + 2));
        }
        Assert.True(29 - 1 - last / factorZ >= behind);
        stream.Push(acquired.Plane(29), false, Cancel);
        Assert.Equal(30 * factorZ - 1, last);
    }

    [Fact]
    public void A_cancelled_stream_restores_the_next_volume_after_a_reset()
    {
        var factors = new Factors(2, 2, 2);
        using FloatVolume acquired = Volumes.Rods(new(8, 9, 10), 4);
        using var expected = new FloatVolume(acquired.Shape.Times(factors));
        _engine.Restore(Model(factors), acquired, factors, 0, Quick, expected, out _, Cancel);
        var found = new List<float>();
        using IPlaneRestorer stream = _engine.OpenStream(
            Model(factors), acquired.Shape, factors, 0, Quick, (_, plane) => found.AddRange(plane));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            for (int z = 0; z < 8; z++) stream.Push(acquired.Plane(z), false, z < 3 ? Cancel : cancelled.Token);
            stream.Complete();
        });
        found.Clear();
        stream.Reset();
        for (int z = 0; z < 8; z++) stream.Push(acquired.Plane(z), false, Cancel);
        stream.Complete();

        Assert.Equal(Volumes.Samples(expected), found);
    }

    [Fact]
    public void Misuse_is_refused_with_what_was_found()
    {
        using IPlaneRestorer stream = _engine.OpenStream(null, new(2, 3, 4), new(1, 2, 2), 0, Quick, (_, _) => { });
        Assert.Contains("11 samples", Assert.Throws<ArgumentException>(() => stream.Push(new float[11], false, Cancel)).Message, StringComparison.Ordinal);
        stream.Push(new float[12], false, Cancel);
        Assert.Contains("1 of 2", Assert.Throws<InvalidOperationException>(() => stream.Complete()).Message, StringComparison.Ordinal);
        stream.Push(new float[12], false, Cancel);
        Assert.Throws<InvalidOperationException>(() => stream.Push(new float[12], false, Cancel));
        Assert.Throws<RestorationException>(() => _engine.OpenStream(Model(new(2, 2, 2)), new(2, 3, 4), new(1, 2, 2), 0, Quick, (_, _) => { }));
    }

    [Theory]
    [InlineData(1, 9, 10, "1,2,2", NetworkVariant.Public)]
    [InlineData(4, 9, 300, "2,2,2", NetworkVariant.Paper)]
    [InlineData(13, 8, 9, "2,2,2", NetworkVariant.Public)]
    [InlineData(41, 9, 8, "1,2,2", NetworkVariant.Paper)]
    [InlineData(40, 8, 8, "2,2,2", NetworkVariant.Public)]
    public void Detail_that_follows_the_planes_has_the_bits_of_that_of_the_whole(int z, int y, int x, string factorText, NetworkVariant variant)
    {
        TunedStage stage = Model(ParseFactors(factorText), variant).Stages[0];
        using FloatVolume acquired = Volumes.Rods(new(z, y, x), 7);
        var options = new RestorationOptions { Threads = 2 };
        using var team = new WorkTeam(2);
        List<float> whole = [], streamed = [];
        using var late = new WholeVolumeDetail(variant, stage, new CpuBackend(KernelSet.Default), acquired.Shape, options, (_, plane) => whole.AddRange(plane));
        using StreamedDetail? live = StreamedDetail.TryOpen(
            variant, stage, KernelSet.Default, acquired.Shape, options, team, (_, plane) => streamed.AddRange(plane));
        Assert.NotNull(live);
        for (int plane = 0; plane < z; plane++) late.Push(acquired.Plane(plane), false, Cancel);

        foreach (bool atHand in new[] { false, true })
        {
            live.Reset();
            streamed.Clear();
            for (int plane = 0; plane < z; plane++)
            {
                live.Push(acquired.Plane(plane), atHand, Cancel);
                // Four planes at a time, seven behind: the network's reach.
                int fine = streamed.Count / (acquired.Shape.Times(stage.Factors).PlaneVoxels * stage.Factors.Z);
                if (!atHand && plane < z - 1) Assert.InRange(fine, (plane + 1) / 4 * 4 - 8, Math.Max(0, (plane + 1) / 4 * 4 - 7));
            }
            Assert.Equal(whole, streamed);
        }
    }

    private static SelfVisionModel Model(Factors factors, NetworkVariant variant = NetworkVariant.Public)
    {
        var random = new Random(5);
        var stages = new List<TunedStage>();
        for (Factors left = factors; left != Factors.One;)
        {
            var stage = new Factors(Math.Min(left.Z, 2), Math.Min(left.Y, 2), Math.Min(left.X, 2));
            var layout = new NetworkLayout(variant, stage);
            float[] weights = Initialisation.Draw(layout, 4, random);
            Layer last = layout.Layers[^1];
            for (int i = last.StoredAt; i < layout.StoredCount; i++) weights[i] = 0.02f * (2 * random.NextSingle() - 1);
            stages.Add(new(stage, [.. weights]));
            left = new(left.Z / stage.Z, left.Y / stage.Y, left.X / stage.X);
        }
        return new SelfVisionModel(variant, [.. stages]);
    }

    private static Factors ParseFactors(string text)
    {
        int[] f = [.. text.Split(',').Select(int.Parse)];
        return new Factors(f[0], f[1], f[2]);
    }
}
