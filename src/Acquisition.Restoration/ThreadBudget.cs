using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>How many threads long work may use from now on; lowered while a camera needs a core for itself. Any thread may set it.</summary>
/// <remarks>Work under way follows with its next piece. Results do not depend on it.</remarks>
public sealed class ThreadBudget(int threads)
{
    private volatile int _threads = Require.Positive(threads);

    /// <summary>At least 1.</summary>
    public int Threads { get => _threads; set => _threads = Require.Positive(value); }
}
