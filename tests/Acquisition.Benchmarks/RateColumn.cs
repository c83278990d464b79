using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Acquisition.Benchmarks;

/// <summary>Operations per time, from the median.</summary>
/// <param name="name">Heading.</param>
/// <param name="flops">Which operations.</param>
/// <param name="format">Turns GFLOP/s into the cell.</param>
internal sealed class RateColumn(string name, Func<KernelCase, double> flops, Func<double, string> format) : IColumn
{
    public string Id => name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => name;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        summary[benchmarkCase]?.ResultStatistics is { } statistics
            ? format(flops((KernelCase)benchmarkCase.Parameters[nameof(KernelBenchmarks.Case)]) / statistics.Median)
            : "–";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
