using Acquisition.Restoration.Benchmarking;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Acquisition.Benchmarks;

/// <summary>Kernels one by one, by BenchmarkDotNet.</summary>
internal static class KernelMode
{
    /// <param name="args">For BenchmarkDotNet, such as --filter.</param>
    public static int Run(string[] args)
    {
        FmaPeak peak = FmaPeak.Measure(TimeSpan.FromMilliseconds(20));
        // In this process: a generated project would neither see internals nor stand the house's warnings.
        IClock clock = new ProcessorClock() is { IsAvailable: true } processor ? processor : Chronometer.BestClock;
        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithClock(clock)
            .WithWarmupCount(3).WithIterationCount(12).WithIterationTime(TimeInterval.FromMilliseconds(50));
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Params)
            .AddColumn(
                StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max, new RateColumn("GFLOP/s", run => run.Flops, rate => $"{rate:0.0}"),
                new RateColumn("of peak", run => run.DoneFlops, rate => $"{100 * rate / peak.GflopPerSecond:0} %"))
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60))
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet"));
        Summary[] summaries = [.. BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)]).Run(["--filter", "*", .. args], config)];
        if (summaries.Length == 0 || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))) return 1;

        var table = new AccumulationLogger();
        MarkdownExporter.GitHub.ExportToLog(summaries[0], table);
        ResultsFile.Put("Kernels", $"""
            {ResultsFile.Origin(Machine.Current)}. One core, crops of 4×32×32, {clock.Title}. Peak of one core:
            {peak.GflopPerSecond:0.0} GFLOP/s on {peak.VectorBits} bits. GFLOP/s count what the definition of the convolution
            asks for, shares of the peak what the form does.

            {table.GetLog().Replace("**", "", StringComparison.Ordinal).Trim()}
            """);
        return 0;
    }
}
