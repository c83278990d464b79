using System.Text.Json;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Scans whose restored grid is another than the factors tell.</summary>
public sealed class StackRunTests : ScanRunCase
{
    private static readonly IsotropicScanOptions Isotropy = new() { PsfLateralUm = 0.8, PsfAxialUm = 2.5, Iterations = 3 };

    private CommandAnswer _answer;

    private static readonly RestorationOptions Lucy = new() { Model = ModelNames.RichardsonLucy };

    [Fact]
    public async Task Volumes_are_restored_to_the_models_grid_and_the_ledger_tells_it()
    {
        ScanPlan plan = Scans.Plan(z: 5, undersampling: new Factors(4, 1, 1));
        using ScanRun run = Run(plan);
        RunReport report = await run.RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(3, report.Status.Volumes.Restored);
        Assert.Equal(new VolumeShape(20, 10, 12), report.Status.Plan!.RestoredShape);
        Assert.All(Store.Restored.Volumes.Values, bytes => Assert.Equal(20 * 10 * 12 * sizeof(ushort), bytes.Length));
        Assert.All(Store.Provenance, made => Assert.Equal(("richardson-lucy", "", ""), (made.Method, made.ModelSha256, made.Note)));
        Assert.Equal("richardson-lucy learns nothing", Assert.Single(report.Status.Models).Reason);
        ScanStarted started = Store.LedgerEntries.OfType<ScanStarted>().Single();
        Assert.Equal(report.Status.Plan.Grid, JsonSerializer.Deserialize<ScanStarted>(JsonSerializer.Serialize(started, RecordJson.Compact), RecordJson.Compact)!.Plan.Grid);
        Assert.Equal("There is no network to tune: richardson-lucy learns nothing.", _answer.Reason);
    }

    [Fact]
    public async Task A_scan_that_the_model_cannot_restore_is_refused_before_anything_is_stored()
    {
        using ScanRun run = Run(Scans.Plan(undersampling: new Factors(1, 2, 2)));
        string refusal = (await Assert.ThrowsAsync<ScanRefusedException>(() => run.RunAsync(Cancel))).Message;
        Assert.Contains("cannot be restored by richardson-lucy", refusal, StringComparison.Ordinal);
        Assert.Contains("take self-vision", refusal, StringComparison.Ordinal);
        Assert.Empty(Store.Raw.Volumes);
    }

    private ScanRun Run(ScanPlan plan)
    {
        ScanRun? run = null;
        run = new ScanRun(
            new ScriptedSource((o, _) =>
            {
                o.OnStart(plan, 0, repeat: false);
                _answer = run!.Retune();
                foreach (var (sequence, index) in Scans.Frames(plan)) o.Send(plan, sequence, index);
                o.OnEnd(Scans.End(plan));
            }),
            _ => Store, publisher: null, (scan, _) => RichardsonLucyEngine.Restoration(new StackScan(scan, Isotropy, null), Isotropy), Lucy,
            new PipelineOptions(), TimeProvider.System);
        return run;
    }
}
