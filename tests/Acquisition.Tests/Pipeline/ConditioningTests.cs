using System.Collections.Immutable;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Volumes that are corrected before they are restored.</summary>
public sealed class ConditioningTests : ScanRunCase
{
    private static readonly RestorationOptions Cubic = new() { Model = ModelNames.Cubic };

    [Fact]
    public async Task What_is_restored_is_conditioned_and_raw_stays_as_it_came()
    {
        ScanPlan plan = Scans.Plan(undersampling: Factors.One);
        var conditioner = new AddingConditioner();
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Cubic, conditioning: _ => conditioner).RunAsync(Cancel);

        AssertCloses(report);
        AssertRawIsWhatWasSent(plan, lost: []);
        Assert.Equal(["adds"], Store.Conditioning);
        Assert.All(Store.Provenance, made =>
        {
            Assert.Equal(100 + made.Index.T, made.Conditioning!.HotPixels);
            Assert.Equal(3, made.NonFiniteSamples);
        });
        foreach (var (index, bytes) in Store.Restored.Volumes)
        {
            byte[] raw = Store.Raw.Volumes[index];
            for (int i = 0; i < bytes.Length; i += 2)
                Assert.Equal(Math.Min(BitConverter.ToUInt16(raw, i) + 5, ushort.MaxValue), BitConverter.ToUInt16(bytes, i), 1.0);
        }
    }

    [Fact]
    public async Task Tuning_sees_what_restoration_sees()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1, undersampling: new(1, 2, 2));
        var seen = new List<float>();
        Engine.OnTune = request =>
        {
            seen.Add(request.Acquired.Plane(0)[0]);
            return new TuningResult(null, BeatsProjection: false, 20, 18, 21, 5, TimeSpan.Zero, 0, "cubic with back-projection is better");
        };
        await Run((o, _) => o.SendAll(plan), conditioning: _ => new AddingConditioner(scale: 0)).RunAsync(Cancel);
        // Constant volumes have no contrast, and a scale without contrast only shifts.
        Assert.Equal([0f], seen);
    }

    [Fact]
    public async Task The_fingerprint_covers_conditioning_and_is_that_of_before_without_any()
    {
        ScanPlan plan = Scans.Plan(timePoints: 1);
        await Run((o, _) => o.SendAll(plan), restoration: Cubic).RunAsync(Cancel);
        await Run((o, _) => o.SendAll(plan), restoration: Cubic, conditioning: _ => new AddingConditioner(), store: new()).RunAsync(Cancel);
        await Run((o, _) => o.SendAll(plan), restoration: Cubic, conditioning: _ => new AddingConditioner(scale: 2), store: new()).RunAsync(Cancel);

        Assert.Equal(3, Stores.Select(store => Assert.Single(store.Provenance).SettingsFingerprint).Distinct().Count());
    }

    [Fact]
    public async Task A_volume_that_cannot_be_conditioned_is_skipped_with_the_reason_and_the_others_are_restored()
    {
        ScanPlan plan = Scans.Plan();
        var conditioner = new AddingConditioner { Refuses = new VolumeIndex(1, 0) };
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: Cubic, conditioning: _ => conditioner).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(1, report.Status.Volumes.Skipped["restoration failed"]);
        Assert.Equal([0, 2], Store.Provenance.Select(made => made.Index.T));
        Assert.Contains(report.Warnings, warning => warning.Contains("refused by the test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scan_that_does_not_fit_the_calibration_is_refused_before_anything_is_stored()
    {
        ScanPlan plan = Scans.Plan();
        var dark = new CalibrationImage("dark.tif", 9, 9, new float[81]);
        var fault = await Assert.ThrowsAsync<ScanRefusedException>(() => Run(
            (o, _) => o.SendAll(plan), conditioning: p => new VolumeConditioner(p, new ConditioningOptions(), dark)).RunAsync(Cancel));
        Assert.Contains("dark.tif", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Store.Raw.Volumes);
        Assert.Empty(Store.LedgerKinds);
    }

    [Theory]
    [InlineData(LagPolicy.All, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(LagPolicy.Latest, new[] { 4, 3, 2, 1, 0 })]
    public async Task Others_are_compared_with_the_volume_that_was_stored_first_whatever_is_restored_first(LagPolicy policy, int[] order)
    {
        ScanPlan plan = Scans.Plan(timePoints: 5, channels: 2);
        using var gate = new RestorationGate();
        var conditioner = new AddingConditioner { OnCondition = gate.Pass };
        RunReport report = await Run(
            (o, _) =>
            {
                // The first volume of channel 0 is all there is to begin with; all others wait by the time that it may be finished.
                o.OnStart(plan, 0, repeat: false);
                foreach (var (sequence, index) in Scans.Frames(plan).OrderBy(frame => frame.Index is not { T: 0, C: 0 }))
                {
                    o.Send(plan, sequence, index);
                    if (index is { T: 0, C: 0, Z: 3 }) gate.AwaitBegun();
                }

                o.OnEnd(Scans.End(plan));
                AwaitBacklog(volumes: 9);
                gate.Open();
            },
            new PipelineOptions { LagPolicy = policy }, restoration: Cubic, conditioning: _ => conditioner).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(10, report.Status.Volumes.Restored);
        for (int c = 0; c < 2; c++) Assert.Equal(0, conditioner.Given.First(index => index.C == c).T);
        Assert.Equal(order, Store.Provenance.Where(p => p.Index.C == 1).Select(p => p.Index.T));
    }

    [Fact]
    public async Task Volumes_come_out_alike_whatever_is_restored_first_also_when_drift_is_taken_off()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4, z: 9, y: 40, x: 48, undersampling: Factors.One);
        var options = new ConditioningOptions { OffsetAdu = 20, HotPixels = true, LinePhase = true, CorrectDrift = true };
        foreach (LagPolicy policy in (LagPolicy[])[LagPolicy.All, LagPolicy.Latest])
        {
            using var gate = new RestorationGate();
            await Run((o, _) => SendDrifting(o, plan, gate), new PipelineOptions { LagPolicy = policy }, restoration: Cubic,
                conditioning: p => new GatedConditioner(new VolumeConditioner(p, options), gate), store: new()).RunAsync(Cancel);
        }

        Assert.Equal([0, 1, 2, 3], Stores[0].Provenance.Select(made => made.Index.T));
        Assert.Equal([0, 3, 2, 1], Stores[1].Provenance.Select(made => made.Index.T));
        Assert.All(Stores[0].Restored.Volumes, volume => Assert.Equal(volume.Value, Stores[1].Restored.Volumes[volume.Key]));
        Drift drift = Stores[0].Provenance.Single(made => made.Index.T == 3).Conditioning!.Drift!;
        Assert.Equal(new VolumeIndex(0, 0), drift.Against);
        Assert.Equal(6, Assert.NotNull(drift.CorrectedPx.X), 0.5);
    }

    /// <summary>A specimen that moves along x by two pixels from volume to volume. The first one is begun before the second comes, and not finished before all others wait.</summary>
    private void SendDrifting(IFrameObserver observer, ScanPlan plan, RestorationGate gate)
    {
        var random = new Random(3);
        (double Y, double X)[] spots = [.. Enumerable.Range(0, 12).Select(_ => (40 * random.NextDouble(), 48 * random.NextDouble()))];
        observer.OnStart(plan, 0, repeat: false);
        foreach (var (sequence, index) in Scans.Frames(plan))
        {
            if (index is { T: 1, Z: 0 }) gate.AwaitBegun();
            byte[] pixels = new byte[plan.PlaneBytes];
            for (int i = 0; i < plan.Shape.PlaneVoxels; i++)
            {
                (int y, int x) = (i / 48, i % 48);
                double light = spots.Sum(spot => 4000 * Math.Exp(-(Math.Pow(y - spot.Y, 2) + Math.Pow(x - spot.X - 2 * index.T, 2)) / 6));
                BitConverter.TryWriteBytes(pixels.AsSpan(2 * i), (ushort)(light * (1 + 0.1 * index.Z) + random.Next(50)));
            }

            observer.OnFrame(Scans.Header(plan, sequence, index), pixels);
        }

        observer.OnEnd(Scans.End(plan));
        AwaitBacklog(volumes: 3);
        gate.Open();
    }

    private sealed class GatedConditioner(VolumeConditioner conditioner, RestorationGate gate) : IVolumeConditioner
    {
        public ImmutableArray<string> Steps => conditioner.Steps;

        public string Settings => conditioner.Settings;

        public bool ComparesWithFirst => conditioner.ComparesWithFirst;

        public ConditioningReport Condition(VolumeIndex index, VolumeBuffer raw, ReadOnlySpan<int> missingPlanes, VolumeBuffer conditioned)
        {
            gate.Pass();
            return conditioner.Condition(index, raw, missingPlanes, conditioned);
        }
    }

    /// <summary>Multiplies samples, adds 5 and reports made-up findings.</summary>
    private sealed class AddingConditioner(float scale = 1) : IVolumeConditioner
    {
        public VolumeIndex? Refuses { get; init; }

        /// <summary>Runs before each volume.</summary>
        public Action OnCondition { get; init; } = () => { };

        public List<VolumeIndex> Given { get; } = [];

        public ImmutableArray<string> Steps => ["adds"];

        public string Settings => $"scale {scale}";

        public bool ComparesWithFirst => true;

        public ConditioningReport Condition(VolumeIndex index, VolumeBuffer raw, ReadOnlySpan<int> missingPlanes, VolumeBuffer conditioned)
        {
            OnCondition();
            Given.Add(index);
            if (index == Refuses) throw new RestorationException("refused by the test");
            for (int z = 0; z < raw.Shape.Z; z++)
            {
                Span<float> plane = conditioned.Plane<float>(z);
                for (int i = 0; i < plane.Length; i++) plane[i] = scale * raw.Plane<ushort>(z)[i] + 5;
            }

            return new ConditioningReport { Steps = Steps, HotPixels = 100 + index.T, NonFiniteSamples = 3 };
        }
    }
}
