using System.Collections.Immutable;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>What <see cref="EngineBenchmark"/> measured.</summary>
/// <param name="Torch">Which PyTorch was measured in turn, or why none was; for people.</param>
public sealed record BenchmarkReport(
    Machine Machine, FmaPeak Peak, int Rounds, string Torch, ImmutableArray<KernelTiming> Kernels, ImmutableArray<WorkTiming> Work);
