using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Volumes that are restored while they are received.</summary>
public sealed class ComingVolumeTests : ScanRunCase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<int> _pushes = [];

    [Fact]
    public async Task Planes_are_restored_before_the_last_frame_of_their_volume_comes()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2);
        Engine.OnPush = z => _pushes.Add(z);
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                o.Send(plan, sequence, index);
                // Nothing is known of the first volume before it is complete.
                if (index.T == 0 && index.Z == 3) AwaitPushes(0, 1, 2, 3);
                else if (index.T == 1) AwaitPushes(index.Z);
            }

            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(2, report.Status.Volumes.Restored);
        Assert.Empty(_pushes);
    }

    [Fact]
    public async Task A_plane_that_did_not_come_holds_those_behind_it_until_the_volume_is_closed()
    {
        ScanPlan plan = Scans.Plan(timePoints: 2, z: 6);
        Engine.OnPush = z => _pushes.Add(z);
        bool early = false;
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan).Where(f => f.Index.T == 0)) o.Send(plan, sequence, index);
            AwaitPushes(0, 1, 2, 3, 4, 5);
            o.Send(plan, 8, new FrameIndex(1, 0, 1));
            o.Send(plan, 7, new FrameIndex(1, 0, 0));
            AwaitPushes(0, 1);
            o.Send(plan, 7, new FrameIndex(1, 0, 0));
            o.Send(plan, 11, new FrameIndex(1, 0, 4));
            o.Send(plan, 10, new FrameIndex(1, 0, 3));
            early = _pushes.TryTake(out int _);
            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.False(early);
        AwaitPushes(2, 3, 4, 5);
        Assert.Equal([2, 5], Store.Provenance.Single(p => p.Index.T == 1).MissingPlanes);
        Assert.Equal(1, report.Status.Frames.Refused["duplicate"]);

        // The engine repeats samples: plane 2 is the mean of planes 1 and 3, plane 5 a copy of plane 4.
        ushort[] before = Words(plan, 1), after = Words(plan, 3), last = Words(plan, 4);
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal((before[i] + after[i]) / 2.0, Restored(2, i), tolerance: 1.5);
            Assert.Equal(last[i], (double)Restored(5, i), tolerance: 1.0);
        }

        int Restored(int z, int i)
        {
            int at = z * plan.RestoredShape.PlaneVoxels + 2 * (i / plan.Shape.X) * plan.RestoredShape.X + 2 * (i % plan.Shape.X);
            return MemoryMarshal.Cast<byte, ushort>(Store.Restored.Volumes[new VolumeIndex(1, 0)])[at];
        }
    }

    [Fact]
    public async Task A_volume_that_is_restored_before_it_is_stored_is_handed_on_only_then()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        TaskCompletionSource[] restored = [new(), new(), new()];
        int volumes = 0;
        bool handedOn = false;
        Engine.OnRestore = () => restored[volumes++].SetResult();
        Store.Raw.BeforeWrite = index =>
        {
            if (index.T == 0) return;
            // Restoring the volume does not wait for this write, and the ledger does.
            Assert.True(restored[index.T].Task.Wait(Patience, Cancel));
            handedOn |= Store.Provenance.Any(p => p.Index == index);
        };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                o.Send(plan, sequence, index);
                if (index is { T: 0, Z: 3 }) Assert.True(restored[0].Task.Wait(Patience, Cancel));
            }

            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(RunOutcome.Completed, report.Status.Outcome);
        Assert.False(handedOn);
        Assert.Equal(3, report.Status.Volumes.Restored);
    }

    [Fact]
    public async Task An_engine_that_fails_on_a_plane_costs_that_volume_once_and_no_raw_data()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3);
        int volume = -1;
        Engine.OnPush = z =>
        {
            if (z == 0) volume++;
            _pushes.Add(z);
            if (volume == 1 && z == 2) throw new InvalidOperationException("injected");
        };
        RunReport report = await Run((o, _) =>
        {
            o.OnStart(plan, 0, repeat: false);
            foreach (var (sequence, index) in Scans.Frames(plan))
            {
                o.Send(plan, sequence, index);
                if (index is { T: 0, Z: 3 }) AwaitPushes(0, 1, 2, 3);
                if (index is { T: 1, Z: 2 }) AwaitPushes(0, 1, 2);
            }

            o.OnEnd(Scans.End(plan));
        }).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, []);
        Assert.Equal(1, report.Status.Volumes.Skipped["restoration failed"]);
        Assert.Equal([0, 2], Store.Restored.Volumes.Keys.Select(index => index.T).Order());
    }

    [Theory]
    [InlineData(PixelType.UInt16, 1, 1)]
    [InlineData(PixelType.UInt8, 2, 2)]
    [InlineData(PixelType.Float32, 2, 3)]
    public async Task Whatever_way_frames_come_restored_volumes_have_the_bits_of_whole_ones(PixelType type, int factorZ, int seed)
    {
        var factors = new Factors(factorZ, 2, 2);
        ScanPlan plan = Scans.Plan(timePoints: 12, channels: 2, z: 9, type: type, undersampling: factors);
        var options = new RestorationOptions { Model = ModelNames.Cubic, BackProjections = 2, Threads = 1 };
        var engine = new CpuEngine();
        var random = new Random(seed);
        var lost = Scans.Frames(plan).Where(_ => random.NextDouble() < 0.02).Select(f => f.Index).ToHashSet();
        using var run = new ScanRun(
            new ScriptedSource((o, _) =>
            {
                o.OnStart(plan, 0, repeat: false);
                foreach (var volume in Scans.Frames(plan).GroupBy(f => f.Index.T))
                {
                    // Neighbours change places; now and then a frame comes twice.
                    foreach (var (sequence, index) in volume.OrderBy(f => f.Index.Z + 2 * random.NextDouble()).Where(f => !lost.Contains(f.Index)))
                    {
                        o.Send(plan, sequence, index);
                        if (random.NextDouble() < 0.05) o.Send(plan, sequence, index);
                        if (random.NextDouble() < 0.2) Thread.Yield();
                    }
                }

                o.OnEnd(Scans.End(plan));
            }),
            _ => Store, publisher: null, (scan, _) => ScanRestoration.SelfVision(engine, scan, options), options, new PipelineOptions(), TimeProvider.System);
        RunReport report = await run.RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(24, report.Status.Volumes.Restored);
        using var pool = new VolumePool(64 << 20);
        foreach (Provenance provenance in Store.Provenance)
        {
            VolumeBuffer raw = pool.TryRent(plan.Shape, type)!, expected = pool.TryRent(plan.RestoredShape, type)!;
            Store.Raw.Read(provenance.Index, raw);
            using FloatVolume coarse = new(plan.Shape), fine = new(plan.RestoredShape);
            var scale = new IntensityScale(provenance.ScaleLow, provenance.ScaleHigh);
            VolumeConversion.Load(raw, provenance.MissingPlanes.AsSpan(), scale, coarse);
            float floor = type == PixelType.Float32 ? float.NegativeInfinity : (float)scale.ToScaled(0);
            engine.Restore(null, coarse, factors, floor, options, fine, out double rms, Cancel);
            VolumeConversion.Store(fine, scale, expected);
            Assert.Equal(MemoryVolumeStore.Bytes(expected), Store.Restored.Volumes[provenance.Index]);
            Assert.Equal(rms * (scale.High - scale.Low), provenance.ResidualRms);
            raw.Release();
            expected.Release();
        }
    }

    private void AwaitPushes(params int[] planes)
    {
        foreach (int expected in planes)
        {
            Assert.True(_pushes.TryTake(out int found, (int)Patience.TotalMilliseconds, Cancel), $"Plane {expected} was not restored.");
            Assert.Equal(expected, found);
        }
    }

    private static ushort[] Words(ScanPlan plan, int z) =>
        MemoryMarshal.Cast<byte, ushort>(Scans.Pixels(plan, new FrameIndex(1, 0, z))).ToArray();
}
