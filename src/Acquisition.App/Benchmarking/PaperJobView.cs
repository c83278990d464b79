using System.Globalization;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acquisition.App.Benchmarking;

/// <summary>The paper's job here beside the paper's own times.</summary>
internal static class PaperJobView
{
    private const double Gibi = 1L << 30;

    public static IRenderable Of(PaperJobResult result)
    {
        var table = new Table
        {
            Title = new TableTitle($"From {Extent(result.Acquired)} to {Extent(result.Restored)} voxels (x×y×z)"),
            Border = TableBorder.Rounded,
        };
        table.AddColumn(new TableColumn("").NoWrap()).AddColumn(new TableColumn(Invariant($"here, {result.Threads} thread{(result.Threads == 1 ? "" : "s")}")).RightAligned().NoWrap());
        table.AddColumn(new TableColumn("He et al. 2023, TITAN X").RightAligned());
        table.AddRow("[bold]training[/]", $"[bold]{Duration(result.Training)}[/]", Duration(PaperJob.PaperTraining));
        table.AddRow("[bold]inference[/]", $"[bold]{Duration(result.Inference)}[/]", Duration(PaperJob.PaperInference));
        table.AddRow("training steps a stage", Invariant($"{result.StepsPerStage}"), Invariant($"{PaperJob.PaperSteps}"));
        foreach (PaperJobPhase phase in result.Phases) table.AddRow("  " + TerminalText.Escaped(phase.Name), Duration(phase.Duration), "");
        table.AddRow(
            Invariant($"[bold]peak memory[/], of {PaperJobResult.MemoryLimitBytes / Gibi:0} GiB allowed"), Invariant($"{result.PeakBytes / Gibi:0.00} GiB"), "");
        table.AddRow("network, held-out", Invariant($"{result.HeldOutDb:0.00} dB"), "");
        table.AddRow("projected, held-out", Invariant($"{result.ProjectedDb:0.00} dB"), "");
        return table;
    }

    private static string Extent(VolumeShape shape) => Invariant($"{shape.X}×{shape.Y}×{shape.Z}");

    private static string Duration(TimeSpan time) => Invariant($"{time.TotalSeconds:0.0} s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
