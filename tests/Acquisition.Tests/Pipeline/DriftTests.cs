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
    public void Three_volumes_that_gain_half_as_much_as_the_first_three_are_a_drift_and_told_once()
    {
        var watch = new DriftWatch(0.5);
        double[] advantages = [2, 2.2, 1.8, 2, 0.2, 2, 2, 0.6, 0.8, 0.9, 0.5, 0.1, 2, 2, 2, 0.1, 0.1, 0.1];
        double?[] told = [.. advantages.Select(db => watch.Note(new GaugeReading(30 + db, 30)))];

        // One odd volume tells nothing: (2, 0.2, 2) is 1.4 on average. (0.6, 0.8, 0.9) is below half of 2.0; so is what follows.
        Assert.Equal(2.0, watch.ReferenceDb!.Value, 1e-9);
        Assert.Equal([9, 16], told.Index().Where(note => note.Item is not null).Select(note => note.Index));
        Assert.Equal((0.6 + 0.8 + 0.9) / 3, told[9]!.Value, 1e-9);
    }

    [Fact]
    public void A_model_that_never_helped_much_cannot_drift()
    {
        var watch = new DriftWatch(0.5);
        Assert.All(new[] { 0.05, 0.05, 0.05, -1, -1, -1 }, db => Assert.Null(watch.Note(new GaugeReading(30 + db, 30))));
    }

    [Fact]
    public async Task Drift_is_told_with_the_volume_and_the_model_stays()
    {
        RunReport report = await DriftingScan(refresh: false, worthRefreshing: false);

        AssertCloses(report);
        DriftNoticed drift = Assert.Single(Store.LedgerEntries.OfType<DriftNoticed>());
        Assert.False(drift.IsRefreshed);
        Assert.InRange(drift.Index.T, 8, 12);
        Assert.True(drift.AdvantageDb < 0.5 * drift.ReferenceDb);
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

    /// <summary>The fake engine errs by what it adds: without a network by much, with the first model by little as long as fewer than
    /// eight volumes are restored, and by as much later on.</summary>
    private Task<RunReport> DriftingScan(bool refresh, bool worthRefreshing)
    {
        ScanPlan plan = Scans.Plan(timePoints: 30);
        Engine.OnTune = request =>
        {
            Assert.Equal(Engine.Tunings > 1, request.Start is not null);
            return Models.Better(Engine.Tunings);
        };
        Engine.Add = model => Models.Weight(model) switch
        {
            0 => 0.4f,
            1 => Store.Provenance.Count < 8 ? 0.05f : 0.4f,
            _ => worthRefreshing ? 0.05f : 0.4f,
        };
        return Run((o, _) => o.SendAll(plan), restoration: new RestorationOptions { Refresh = refresh }).RunAsync(Cancel);
    }
}
