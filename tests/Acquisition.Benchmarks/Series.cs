using Acquisition.Restoration;

namespace Acquisition.Benchmarks;

/// <summary>One row of the table, round by round; milliseconds.</summary>
internal sealed class Series(string what)
{
    private readonly List<double> _ours = [];
    private readonly List<double> _torch = [];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public void Add(double ours, double? torch)
    {
        _ours.Add(ours);
        if (torch is { } measured) _torch.Add(measured);
    }

    public string Row(NetworkVariant variant, double flops)
    {
        double ours = Median(_ours);
        string row = $"| {variant} | {what} | {ours:0.0} | {flops / ours / 1e6:0} |";
        if (_torch.Count == 0) return row + " not installed | | |";
        double[] ratios = [.. _torch.Zip(_ours, (theirs, own) => theirs / own).Order()];
        return row + $" {Median(_torch):0} | {Median(_torch) / ours:0.0} | {ratios[0]:0.0} to {ratios[^1]:0.0} |";
    }
}
