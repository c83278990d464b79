using Acquisition.Core;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>A sample that changes under a model that was tuned for what it was.</summary>
public sealed class DriftTests : ScanRunCase
{
    [Fact]
    public void Three_volumes_that_read_half_of_the_first_three_are_a_drift_and_told_once()
    {
        var watch = new DriftWatch(0.5);
        double[] readings = [1, 1.1, 0.9, 1, 0.1, 1, 1, 0.3, 0.4, 0.45, 0.25, 0.05, 1, 1, 1, 0.05, 0.05, 0.05];
        double?[] told = [.. readings.Select(carries => watch.Note(new GaugeReading(30, 30, carries)))];

        // One odd volume tells nothing: (1, 0.1, 1) is 0.7 on average. (0.3, 0.4, 0.45) is below half of 1.0; so is what follows.
        Assert.Equal(1.0, watch.Reference!.Value, 1e-9);
        Assert.Equal([9, 16], told.Index().Where(note => note.Item is not null).Select(note => note.Index));
        Assert.Equal((0.3 + 0.4 + 0.45) / 3, told[9]!.Value, 1e-9);
    }

    [Fact]
    public async Task Drift_is_told_with_the_volume_and_the_model_stays()
    {
        RunReport report = await DriftingScan(refresh: false, worthRefreshing: false);

        AssertCloses(report);
        DriftNoticed drift = Assert.Single(Store.LedgerEntries.OfType<DriftNoticed>());
        Assert.False(drift.IsRefreshed);
        Assert.InRange(drift.Index.T, 10, 16);
        Assert.Equal(0.6, drift.Carries, 1e-9);
        Assert.Equal(1.5, drift.Reference, 1e-9);
        Assert.Contains(report.Warnings, w => w.Contains("restoration.refresh", StringComparison.Ordinal));
        Assert.Single(report.Status.Models);
        Assert.All(Store.Provenance, p => Assert.NotNull(p.Gauge));
    }

    [Fact]
    public async Task A_refreshed_model_restores_everything_after_the_volume_that_showed_the_drift()
    {
        RunReport report = await DriftingScan(refresh: true, worthRefreshing: true);

        AssertCloses(report);
        DriftNoticed drift = Assert.Single(Store.LedgerEntries.OfType<DriftNoticed>());
        Assert.True(drift.IsRefreshed);
        Assert.Equal(2, report.Status.Models.Length);
        ModelStatus first = report.Status.Models[0], second = report.Status.Models[1];
        Assert.Equal((0, drift.Index.T + 1), (first.FromTimePoint, second.FromTimePoint));
        Assert.Equal(drift.Index, second.TunedOn);
        Assert.All(Store.Provenance, p => Assert.Equal(p.Index.T > drift.Index.T ? second.ModelSha256 : first.ModelSha256, p.ModelSha256));
        Assert.Equal(30, Store.Provenance.Count);
    }

    [Fact]
    public async Task A_refreshed_model_that_suits_the_sample_no_better_is_not_used()
    {
        RunReport report = await DriftingScan(refresh: true, worthRefreshing: false);

        AssertCloses(report);
        ModelStatus model = Assert.Single(report.Status.Models);
        Assert.All(Store.Provenance, p => Assert.Equal(model.ModelSha256, p.ModelSha256));
        Assert.Contains(report.Warnings, w => w.Contains("keeps its model", StringComparison.Ordinal));
    }

    /// <summary>Good, bad, good and bad again: both times it is compared with what the model did first.</summary>
    [Fact]
    public async Task A_model_that_stays_is_compared_with_its_own_first_volumes_as_long_as_it_stays()
    {
        ScanPlan plan = Scans.Plan(timePoints: 40);
        Engine.OnTune = _ => Models.Better(Engine.Tunings);
        // Bad volumes are spared the model, and count nevertheless. No new model is worth it.
        Engine.OnGauge = model => Models.Weight(model) == 1
            ? Store.Provenance.Count is < 8 or (>= 16 and < 24) ? new GaugeReading(30, 25, 1.5) : new GaugeReading(24, 25, 0.45)
            : new GaugeReading(20, 25, 1);
        RunReport report = await Run((o, _) => o.SendAll(plan), restoration: new RestorationOptions { Refresh = true }).RunAsync(Cancel);

        AssertCloses(report);
        DriftNoticed[] told = [.. Store.LedgerEntries.OfType<DriftNoticed>()];
        Assert.Equal(2, told.Length);
        Assert.All(told, drift => Assert.Equal((1.5, 0.45, true), (Math.Round(drift.Reference, 9), Math.Round(drift.Carries, 9), drift.IsRefreshed)));
        Assert.True(told[1].Index.T > told[0].Index.T + 8);
        Assert.Single(report.Status.Models);
        Assert.Equal(3, Engine.Tunings);
    }

    [Fact]
    public async Task A_volume_that_the_model_would_harm_is_restored_without_it_and_says_so()
    {
        ScanPlan plan = Scans.Plan(timePoints: 4);
        int read = 0;
        Engine.OnTune = _ => Models.Better(1);
        Engine.OnGauge = _ => new GaugeReading(30, 25, ++read == 2 ? 0.4 : 0.6);
        RunReport report = await Run((o, _) => o.SendAll(plan)).RunAsync(Cancel);

        AssertCloses(report);
        Provenance spared = Store.Provenance.Single(p => p.Index.T == 1);
        Assert.Equal(("cubic+back-projection", "", null), (spared.Method, spared.ModelSha256, spared.TunedOn));
        Assert.Contains("40 %", spared.Note, StringComparison.Ordinal);
        Assert.Equal(3, Store.Provenance.Count(p => p.Method == "self-vision" && p.Note == ""));
    }

    /// <summary>The first model suits the first eight volumes; the second one, where it is worth refreshing, those that follow.</summary>
    private Task<RunReport> DriftingScan(bool refresh, bool worthRefreshing)
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        Engine.OnTune = request =>
        {
            Assert.Equal(Engine.Tunings > 1, request.Start is not null);
            return Models.Better(Engine.Tunings);
        };
        Engine.OnGauge = model => Models.Weight(model) == 1
            ? Store.Provenance.Count < 8 ? new GaugeReading(30, 25, 1.5) : new GaugeReading(26, 25, 0.6)
            : worthRefreshing ? new GaugeReading(30, 25, 1) : new GaugeReading(25, 25, 1);
        return Run((o, _) => o.SendAll(plan), restoration: new RestorationOptions { Refresh = refresh }).RunAsync(Cancel);
    }
}
