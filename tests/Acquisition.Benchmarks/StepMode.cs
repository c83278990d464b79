using System.Text;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks;

/// <summary>Whole steps and inference as a table.</summary>
internal static class StepMode
{
    public static int Run(int? rounds, int? threads)
    {
        var plan = new BenchmarkPlan();
        if (rounds is { } count) plan = plan with { Rounds = count };
        if (threads is { } many) plan = plan with { Threads = many };
        BenchmarkReport report = EngineBenchmark.Run(plan, new ConsoleProgress());

        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(report.Machine)}. Medians of {report.Rounds} rounds, each in turn with PyTorch on one thread ({report.Torch});");
        text.AppendLine($"in brackets the lowest and highest round. Peak of one core: {report.Peak.GflopPerSecond:0.0} GFLOP/s.").AppendLine();
        text.AppendLine($"| network | work | clock | here, ms | GFLOP/s | PyTorch, ms | ratio | {plan.Threads} threads, ms | times faster |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (WorkTiming work in report.Work)
        {
            Row(work, "processor", time => time.ProcessorMs, work.ProcessorRatio, $"{work.GflopPerSecond:0.0}", null);
            Row(work, "wall", time => time.WallMs, work.WallRatio, "", work.ThreadGain);
        }
        ResultsFile.Put("Steps and inference", text.ToString());
        return 0;

        void Row(WorkTiming work, string name, Func<RunTime, double> clock, double? ratio, string rate, double? gain)
        {
            var rounds = work.RatiosByRound(clock);
            string theirs = work.Theirs is { } time ? $"{clock(time):0} | {ratio:0.0} ({rounds[0]:0.0}–{rounds[^1]:0.0})" : " | ";
            string many = gain is null ? " | " : $"{clock(RunTime.Median(work.ManyThreads)):0.0} | {gain:0.00}";
            text.AppendLine($"| {work.Variant} | {work.What} | {name} | {clock(work.Ours):0.0} | {rate} | {theirs} | {many} |");
        }
    }
}
