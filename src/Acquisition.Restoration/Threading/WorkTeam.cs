namespace Acquisition.Restoration.Threading;

/// <summary>A fixed number of threads that share pieces of work. Between runs they sleep; none of them spins.</summary>
/// <remarks>Runs allocate nothing. Which thread takes which piece is left to chance, so no piece may depend on another or on its
/// thread. One run at a time.</remarks>
internal sealed class WorkTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly AutoResetEvent[] _wake;
    private readonly AutoResetEvent _finished = new(false);
    private readonly ThreadBudget? _budget;
    private Action<int, int>? _work;
    private Exception? _failure;
    private CancellationToken _cancellation;
    private int _pieces;
    private int _next;
    private int _busy;
    private volatile bool _disposed;

    /// <param name="threads">At least 1, the caller of <see cref="Run"/> included.</param>
    /// <param name="budget">How many of them may work, asked at each run; <see langword="null"/> for all.</param>
    public WorkTeam(int threads, ThreadBudget? budget = null)
    {
        _budget = budget;
        Threads = Math.Max(1, threads);
        _wake = [.. Enumerable.Range(1, Threads - 1).Select(_ => new AutoResetEvent(false))];
        _threads = [.. _wake.Select((wake, i) => new Thread(() => Serve(wake, i + 1)) { IsBackground = true, Name = "restoration" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    public int Threads { get; }

    /// <summary>Runs all pieces and waits for them.</summary>
    /// <param name="work">Takes a piece and the number of the thread it runs on, 0 to <see cref="Threads"/> − 1.</param>
    /// <exception cref="OperationCanceledException">Cancelled before all pieces ran.</exception>
    public void Run(int pieces, Action<int, int> work, CancellationToken cancellation)
    {
        int helpers = Math.Min(Math.Min(_threads.Length, (_budget?.Threads ?? Threads) - 1), pieces - 1);
        (_work, _pieces, _next, _busy, _failure, _cancellation) = (work, pieces, 0, helpers, null, cancellation);
        for (int i = 0; i < helpers; i++) _wake[i].Set();
        TakePieces(0);
        if (helpers > 0) _finished.WaitOne();
        _work = null;
        if (_failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (AutoResetEvent wake in _wake) wake.Set();
        foreach (Thread thread in _threads) thread.Join();
        foreach (AutoResetEvent wake in _wake) wake.Dispose();
        _finished.Dispose();
    }

    private void Serve(AutoResetEvent wake, int thread)
    {
        while (true)
        {
            wake.WaitOne();
            if (_disposed) return;
            TakePieces(thread);
            if (Interlocked.Decrement(ref _busy) == 0) _finished.Set();
        }
    }

    private void TakePieces(int thread)
    {
        Action<int, int> work = _work!;
        int piece;
        while (!_cancellation.IsCancellationRequested && (piece = Interlocked.Increment(ref _next) - 1) < _pieces)
        {
            try
            {
                work(piece, thread);
            }
            catch (Exception exception) // The loop's top: the first failure is thrown to the caller, and the rest is left undone.
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
                Volatile.Write(ref _next, _pieces);
            }
        }
    }
}
