using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>Measures the engine on this machine: kernels, training steps and inference of both networks, in turn with PyTorch.</summary>
/// <remarks>Everything runs on the calling thread and on as many more as asked for, one measurement at a time.</remarks>
public static class EngineBenchmark
{
    private const int KernelSamples = 7;
    private const int StepsPerRound = 5;
    private const int VolumesPerRound = 3;

    /// <summary>Those that <see cref="CpuEngine"/> takes on this machine.</summary>
    internal static KernelSet Kernels => KernelSet.Default;

    private static readonly NetworkVariant[] Variants = [NetworkVariant.Public, NetworkVariant.Paper];

    /// <summary>Measures all of it.</summary>
    /// <param name="progress">Told what comes next, for people, on the calling thread.</param>
    /// <exception cref="RestorationException">PyTorch is installed but fails.</exception>
    public static BenchmarkReport Run(BenchmarkPlan plan, IProgress<string>? progress)
    {
        ArgumentNullException.ThrowIfNull(plan);
        FmaPeak peak = default;
        ImmutableArray<KernelTiming> kernels = MeasureKernels(plan, progress, ref peak);
        string? absence = plan.ComparesWithTorch ? TorchWork.Absence() : "not asked for";
        string torch = absence ?? "";
        var work = ImmutableArray.CreateBuilder<WorkTiming>();
        foreach (NetworkVariant variant in Variants)
        {
            var layout = new NetworkLayout(variant, plan.Factors);
            progress?.Report($"{variant.ToString().ToLowerInvariant()} network, prepared");
            using TorchWork? theirs = absence is null ? StartTorch(layout, plan) : null;
            torch = theirs?.Name ?? torch;
            work.AddRange(MeasureWork(layout, plan, theirs, progress));
        }
        return new(Machine.Current, peak, plan.Rounds, torch, kernels, work.ToImmutable());
    }

    /// <summary>The kernels of every layer shape: on a crop, and forward also on as many planes of the volume, which have longer rows
    /// and still stay in the cache.</summary>
    private static ImmutableArray<KernelTiming> MeasureKernels(BenchmarkPlan plan, IProgress<string>? progress, ref FmaPeak peak)
    {
        var timings = new List<KernelTiming>();
        VolumeShape slab = plan.Volume with { Z = plan.Crop.Z };
        foreach (LayerShape layer in Variants.SelectMany(variant => LayerShape.Of(new NetworkLayout(variant, plan.Factors), Kernels, slab.Z)))
        {
            progress?.Report($"kernels, {layer.Variant.ToString().ToLowerInvariant()} network, {layer}, {layer.Forward.Form}");
            // The core's clock drifts with heat and neighbours, so the peak is looked for all along.
            FmaPeak now = FmaPeak.Measure(plan.KernelSample);
            if (now.GflopPerSecond > peak.GflopPerSecond) peak = now;
            using (var probe = new KernelProbe(layer, plan.Crop))
            {
                foreach (KernelPass pass in layer.Passes) timings.Add(Time(probe, layer, pass, plan.Crop, plan.KernelSample));
            }
            using (var probe = new KernelProbe(layer, slab))
                timings.Add(Time(probe, layer, KernelPass.Forward, slab, plan.KernelSample));
        }
        double highest = peak.GflopPerSecond;
        return [.. timings.Select(timing => timing with { PeakGflopPerSecond = highest })];
    }

    private static KernelTiming Time(KernelProbe probe, LayerShape layer, KernelPass pass, VolumeShape extent, TimeSpan sample)
    {
        int repeats = 1;
        while (RunTime.Measure(1, repeats, () => probe.Run(pass)).ProcessorMs * repeats < sample.TotalMilliseconds) repeats *= 2;
        RunTime time = RunTime.Measure(KernelSamples, repeats, () => probe.Run(pass));
        double flops = ConvCost.Flops(layer.Forward.Shape, extent), done = Math.Min(flops, layer.Forward.FlopsPerVoxel * extent.Voxels);
        bool isUsed = Kernels.Convolution(layer.Forward.Shape, extent.Z).Form == layer.Forward.Form;
        return new(
            layer.Variant, layer.ToString(), layer.Count, layer.Forward.Form, isUsed, extent, pass, flops, done, time, double.NaN);
    }

    private static TorchWork StartTorch(NetworkLayout layout, BenchmarkPlan plan)
    {
        TorchWork torch = TorchWork.Start(layout, plan);
        if (torch.Parameters == layout.StoredCount) return torch;
        torch.Dispose();
        throw new RestorationException($"{torch.Name} built a network of {torch.Parameters} parameters; ours has {layout.StoredCount}.");
    }

    private static IEnumerable<WorkTiming> MeasureWork(NetworkLayout layout, BenchmarkPlan plan, TorchWork? theirs, IProgress<string>? progress)
    {
        WorkKind[] kinds = [WorkKind.TrainingStep, WorkKind.Inference];
        var rounds = kinds.ToDictionary(kind => kind, _ => (One: new List<RunTime>(), Many: new List<RunTime>(), Torch: new List<RunTime>()));
        using var one = new EngineWork(layout, plan, Kernels, 1);
        using EngineWork? many = plan.Threads > 1 ? new EngineWork(layout, plan, Kernels, plan.Threads) : null;
        foreach (WorkKind kind in kinds)
        {
            one.Run(kind); // the first of each compiles and allocates
            many?.Run(kind);
        }

        for (int round = 1; round <= plan.Rounds; round++)
        {
            progress?.Report($"{layout.Variant.ToString().ToLowerInvariant()} network, round {round} of {plan.Rounds}");
            foreach (WorkKind kind in kinds)
            {
                int runs = kind == WorkKind.TrainingStep ? StepsPerRound : VolumesPerRound;
                rounds[kind].One.Add(RunTime.Measure(runs, 1, () => one.Run(kind)));
                if (theirs is not null) rounds[kind].Torch.Add(theirs.Measure(kind, runs));
                if (many is not null) rounds[kind].Many.Add(RunTime.Measure(runs, 1, () => many.Run(kind)));
            }
        }
        return kinds.Select(kind => new WorkTiming(
            layout.Variant, kind, kind == WorkKind.TrainingStep ? $"step, {plan.BatchSize} × ({plan.Crop})" : $"inference, {plan.Volume}",
            EngineWork.Flops(layout, plan, kind), [.. rounds[kind].One], plan.Threads, [.. rounds[kind].Many], [.. rounds[kind].Torch]));
    }
}
