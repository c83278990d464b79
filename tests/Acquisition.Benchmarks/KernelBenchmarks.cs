using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Restoration.Network;
using BenchmarkDotNet.Attributes;

namespace Acquisition.Benchmarks;

/// <summary>Every pass of every layer shape of both networks, on one core and one crop of a training step. Not sealed: BenchmarkDotNet derives from it.</summary>
public class KernelBenchmarks : IDisposable
{
    private static readonly BenchmarkPlan Plan = new();
    private KernelProbe? _probe;
    private KernelPass _pass;

    public static IEnumerable<object> Cases =>
        from variant in (NetworkVariant[])[NetworkVariant.Public, NetworkVariant.Paper]
        from layer in LayerShape.Of(new NetworkLayout(variant, Plan.Factors), EngineBenchmark.Kernels, Plan.Crop.Z)
        from pass in layer.Passes
        select new KernelCase(layer, pass, Plan.Crop);

    /// <summary>A <see cref="KernelCase"/>, which is not public as BenchmarkDotNet wants a property's type to be.</summary>
    [ParamsSource(nameof(Cases))]
    public object Case { get; set; } = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var run = (KernelCase)Case;
        _pass = run.Pass;
        _probe = new KernelProbe(run.Layer, run.Extent);
    }

    [Benchmark]
    public void Run() => _probe!.Run(_pass);

    [GlobalCleanup]
    public void Dispose()
    {
        _probe?.Dispose();
        GC.SuppressFinalize(this);
    }
}
