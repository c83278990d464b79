using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>How many threads libtorch's operators take: nobody else in this assembly says so.</summary>
/// <remarks>With OpenMP, which Debian's libtorch and PyTorch's compute with, the number belongs to the thread that calls the operators,
/// not to the process; a thread that never said anything takes what any thread said last. So whoever begins work says it on the thread
/// that does the work, and again before each piece where the number may have changed meanwhile. Gradients on the processor are computed on the
/// calling thread, too. A libtorch with a pool of its own keeps one number for the process, which this then sets.
/// Matrix products heed neither where OpenBLAS computes them with its own threads, as Debian's does: of a Self-Vision step 1 % of the processor's time,
/// of inference more. OPENBLAS_NUM_THREADS in the environment says how many it may take.</remarks>
internal static class TorchThreads
{
    /// <summary>From now on, on the calling thread. Costs two calls at most, so that it can stand before every piece of work.</summary>
    public static void Use(int threads)
    {
        if (get_num_threads() != threads) set_num_threads(threads);
    }

    /// <summary>As many as a budget leaves of those that were asked for.</summary>
    public static void Use(int threads, ThreadBudget? budget) => Use(Math.Min(threads, budget?.Threads ?? threads));
}
