using System.Globalization;
using Acquisition.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acquisition.App.Terminal;

/// <summary>What came of a run, as tables.</summary>
internal static class ResultView
{
    /// <summary>With more volumes than this, only their mean is shown; the report has them all.</summary>
    private const int MostVolumes = 12;

    /// <summary>Quality against the originals, for cubic interpolation, the same made consistent, and what the run restored.</summary>
    public static IRenderable Scores(ScoreReport scores)
    {
        var table = new Table { Title = new TableTitle("Against the originals: PSNR in dB and SSIM, higher is better"), Border = TableBorder.Rounded };
        table.AddColumn("volume");
        foreach (string name in (string[])["cubic", "projected", "restored"]) table.AddColumn(new TableColumn(name).RightAligned());
        if (scores.Volumes.Length <= MostVolumes)
        {
            foreach (VolumeScores volume in scores.Volumes)
                table.AddRow(volume.Index.ToString(), Cell(volume.Cubic), Cell(volume.Projected), Cell(volume.Restored));
        }

        string of = string.Create(CultureInfo.InvariantCulture, $"mean of {scores.Volumes.Length}");
        table.AddRow(of, Cell(scores.Cubic), Cell(scores.Projected), $"[bold]{Cell(scores.Restored)}[/]");
        return table;
    }

    /// <summary>Outcome, models, ledger and durations.</summary>
    /// <param name="folder">The run folder.</param>
    public static IRenderable Run(RunReport report, string folder)
    {
        RunStatus status = report.Status;
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumn("what").AddColumn("value");
        void Row(string what, string value) => table.AddRow($"[bold]{what}[/]", TerminalText.Escaped(value));

        Row("outcome", status.Outcome is { } outcome ? $"{StatusText.Word(outcome)}: {status.Reason}" : status.Reason);
        foreach (ModelStatus model in status.Models)
        {
            Row("model", StatusText.Model(model));
            if (model.Steps > 0)
                Row("tuning", StatusText.Tuned(model));
        }

        foreach (TimingSummary timing in report.Timings)
            Row(timing.Stage, StatusText.Timing(timing));

        foreach (QueueStatus queue in status.Queues.Where(queue => queue.TimeInQueue is not null))
            Row($"queue {queue.Name}", StatusText.QueueSummary(queue));

        Row("frames", StatusText.Ledger(status.Frames));
        Row("volumes", StatusText.Ledger(status.Volumes));
        Row("ledger", report.LedgerCloses ? "closes: every frame and volume is accounted for" : "DOES NOT CLOSE");
        if (status.RefusedClients > 0) Row("refused", StatusText.RefusedClients(status.RefusedClients));
        foreach (string warning in report.Warnings) Row("warning", warning);
        Row("data", folder);
        return table;
    }

    private static string Cell(Score score) => string.Create(CultureInfo.InvariantCulture, $"{score.PsnrDb:0.00} dB  {score.Ssim:0.0000}");
}
