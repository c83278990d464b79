using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Sampling;

/// <summary>Runs independent pieces of work on a bounded number of threads.</summary>
/// <remarks>Which thread takes which piece is left to chance, so no piece may depend on another or on its thread.</remarks>
internal static class Workers
{
    /// <exception cref="OperationCanceledException">Cancelled before all pieces ran.</exception>
    public static void Run(int pieces, int threads, Action<int> piece, CancellationToken cancellation)
    {
        if (threads <= 1 || pieces <= 1)
        {
            for (int i = 0; i < pieces; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                piece(i);
            }
            return;
        }
        // Threads of its own, which have the caller's priority; those of the pool have not.
        using var team = new WorkTeam(Math.Min(threads, pieces));
        team.Run(pieces, (index, _) => piece(index), cancellation);
    }

    /// <summary>Start of a piece when <paramref name="length"/> items are dealt to <paramref name="pieces"/> as evenly as possible.</summary>
    public static int Start(int piece, int pieces, int length) => (int)((long)length * piece / pieces);
}
