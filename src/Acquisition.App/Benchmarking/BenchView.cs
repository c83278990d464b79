using System.Globalization;
using Acquisition.App.Terminal;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acquisition.App.Benchmarking;

/// <summary>Measured figures as tables that fit 100 columns.</summary>
internal static class BenchView
{
    public static string Introduction(Machine machine)
    {
        string vectors = machine.VectorBits.IsEmpty ? "no vectors" : $"vectors of {string.Join(", ", machine.VectorBits)} bits";
        string cores = machine.Cores == 1 ? "1 core" : $"{machine.Cores} cores";
        return TerminalText.Plain($"{machine.Processor}, {cores}, {vectors}, {machine.Runtime}, {machine.Engine}");
    }

    public static void Show(BenchmarkReport report, Screen screen)
    {
        screen.Output.WriteLine(Invariant(
            $"Peak of one core, measured: {report.Peak.GflopPerSecond:0.0} GFLOP/s in multiply-adds on {report.Peak.VectorBits} bits"));
        screen.Output.WriteLine("Kernels on one core: GFLOP/s by the definition, and the share of the peak that is really done");
        foreach (NetworkVariant variant in report.Kernels.Select(kernel => kernel.Variant).Distinct()) screen.Console.Write(Kernels(report, variant));
        string torch = TerminalText.Plain(report.Work.Any(work => work.Theirs is not null) ? $"each in turn with {report.Torch}" : $"without PyTorch: {report.Torch}");
        screen.Output.WriteLine(Invariant($"Whole steps and inference: medians of {report.Rounds} rounds, {torch}"));
        screen.Console.Write(Work(report));
        if (report.Work.Any(work => work.Threads > 1)) screen.Console.Write(Threads(report));
    }

    /// <summary>A row for each layer shape and form, a column for each pass.</summary>
    public static IRenderable Kernels(BenchmarkReport report, NetworkVariant variant)
    {
        var columns = report.Kernels.Select(kernel => (kernel.Pass, kernel.Extent)).Distinct().OrderBy(c => c.Extent.Voxels).ThenBy(c => c.Pass).ToArray();
        Table table = Rounded($"{Name(variant)} network", "layer", "form");
        foreach (var (pass, extent) in columns) table.AddColumn(new TableColumn($"{Name(pass)}\n{extent}").RightAligned().NoWrap());
        foreach (var layer in report.Kernels.Where(kernel => kernel.Variant == variant).GroupBy(kernel => (kernel.Layer, kernel.Count, kernel.Form, kernel.IsUsed)))
        {
            table.AddRow(
            [
                layer.Key.IsUsed ? layer.Key.Layer + (layer.Key.Count > 1 ? $" ({layer.Key.Count}×)" : "") : "  or",
                layer.Key.Form.Split(' ')[0],
                .. columns.Select(column => layer.FirstOrDefault(k => (k.Pass, k.Extent) == column) is { } kernel
                    ? Invariant($"{kernel.GflopPerSecond:0.0} {100 * kernel.FractionOfPeak,3:0} %")
                    : ""),
            ]);
        }
        return table;
    }

    /// <summary>Two rows, one for each clock, for each network and kind of work.</summary>
    public static IRenderable Work(BenchmarkReport report)
    {
        Table table = Rounded("On one thread", "network", "work", "clock", ">here\nms", ">GFLOP/s", ">PyTorch\nms", ">ratio", ">lowest to\nhighest");
        foreach (WorkTiming work in report.Work)
        {
            Row(work, "processor", time => time.ProcessorMs, work.ProcessorRatio, Name(work.Variant), work.What, Invariant($"{work.GflopPerSecond:0.0}"));
            Row(work, "wall", time => time.WallMs, work.WallRatio, "", "", "");
        }
        return table;

        void Row(WorkTiming work, string name, Func<RunTime, double> clock, double? ratio, string network, string what, string rate)
        {
            var rounds = work.RatiosByRound(clock);
            table.AddRow(
                network, what, name, Invariant($"{clock(work.Ours):0.0}"), rate,
                work.Theirs is { } theirs ? Invariant($"{clock(theirs):0}") : "–",
                ratio is { } known ? Invariant($"[bold]{known:0.0}[/]") : "–",
                rounds.IsEmpty ? "" : Invariant($"{rounds[0]:0.0} to {rounds[^1]:0.0}"));
        }
    }

    /// <summary>What more threads bring, by the clock.</summary>
    public static IRenderable Threads(BenchmarkReport report)
    {
        string many = $"{report.Work[0].Threads} threads, ms";
        Table table = Rounded("On more threads, by the clock; only an idle machine shows what they bring", "network", "work", ">1 thread, ms", ">" + many, ">times faster");
        foreach (WorkTiming work in report.Work)
        {
            table.AddRow(
                Name(work.Variant), work.What, Invariant($"{work.Ours.WallMs:0.0}"), Invariant($"{RunTime.Median(work.ManyThreads).WallMs:0.0}"),
                Invariant($"[bold]{work.ThreadGain:0.00}[/]"));
        }
        return table;
    }

    private static Table Rounded(string title, params string[] columns)
    {
        var table = new Table { Title = new TableTitle(title), Border = TableBorder.Rounded };
        foreach (string column in columns)
            table.AddColumn(column[0] == '>' ? new TableColumn(column[1..]).RightAligned().NoWrap() : new TableColumn(column).NoWrap());
        return table;
    }

    private static string Name(NetworkVariant variant) => variant == NetworkVariant.Public ? "public" : "paper";

    private static string Name(KernelPass pass) => pass switch
    {
        KernelPass.Forward => "forward",
        KernelPass.InputGradient => "to input",
        _ => "to weights",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
