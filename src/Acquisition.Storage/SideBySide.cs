using System.Runtime.ExceptionServices;

namespace Acquisition.Storage;

/// <summary>Takes pieces of work in turn on some threads, of which the caller's is one.</summary>
internal static class SideBySide
{
    /// <summary>Ends when all pieces are done, or when one has failed and those under way are done.</summary>
    /// <param name="piece">Called once for each number; what it throws first is thrown on.</param>
    public static void Run(int pieces, int threads, Action<int> piece)
    {
        int next = -1;
        Exception? failure = null;
        void Work()
        {
            try
            {
                while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var i && i < pieces) piece(i);
            }
            catch (Exception fault)
            {
                Interlocked.CompareExchange(ref failure, fault, null);
            }
        }

        // On Linux a new thread is as nice as the one that starts it, elsewhere its priority says so.
        Thread[] others = [.. Enumerable.Range(1, Math.Max(0, Math.Min(threads, pieces) - 1))
            .Select(_ => new Thread(Work) { IsBackground = true, Name = "levels", Priority = Thread.CurrentThread.Priority })];
        foreach (Thread thread in others) thread.Start();
        Work();
        foreach (Thread thread in others) thread.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }
}
