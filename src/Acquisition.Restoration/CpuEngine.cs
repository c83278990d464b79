using Acquisition.Core;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration;

/// <summary>Self-Vision on the processor. The same volume, options and seed give the same bits for any number of threads.</summary>
public sealed class CpuEngine : SelfVisionEngine
{
    public CpuEngine() : this(KernelSet.Default) { }

    internal CpuEngine(KernelSet kernels) : base(new CpuBackend(kernels)) { }

    /// <summary>Makes sure of the kernels that the environment asks for, before anything depends on them.</summary>
    /// <exception cref="RestorationException">Their name is unknown, or the processor lacks what they need.</exception>
    public static void RequireKernels() => _ = KernelSet.Default;
}
