using System.Runtime.ExceptionServices;

namespace Acquisition.Restoration.Sampling;

/// <summary>Threads that stand by for work in many small steps: a step costs no allocation and no new thread. They sleep between
/// steps and start with the first step of more than one piece.</summary>
/// <remarks>One thread gives the work and takes part in it. Which thread takes which piece is left to chance, so no piece may depend on
/// another of its step or on its thread.</remarks>
internal sealed class Crew(int threads) : IDisposable
{
    private readonly object _gate = new();
    private Thread[] _helpers = [];
    private Action<int>? _piece;
    private ExceptionDispatchInfo? _fault;
    private int _pieces;
    private int _next;
    private int _done;
    private bool _stopped;

    public int Threads => threads;

    /// <summary>Runs pieces 0 to <paramref name="pieces"/> − 1 and returns when all are done. What the first failing piece threw is thrown here.</summary>
    public void Run(int pieces, Action<int> piece)
    {
        if (threads <= 1 || pieces <= 1)
        {
            for (int i = 0; i < pieces; i++) piece(i);
            return;
        }
        if (_helpers.Length == 0) Start();
        lock (_gate)
        {
            (_piece, _pieces, _next, _done, _fault) = (piece, pieces, 0, 0, null);
            Monitor.PulseAll(_gate);
        }
        while (TryClaim(out int index)) Do(piece, index);
        lock (_gate)
        {
            while (_done < _pieces) Monitor.Wait(_gate);
            _pieces = _next = 0;
        }
        _fault?.Throw();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (Thread helper in _helpers) helper.Join();
    }

    private void Start()
    {
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"acquisition restoration {i + 1}" };
            _helpers[i].Start();
        }
    }

    private void Help()
    {
        while (true)
        {
            Action<int> piece;
            int index;
            lock (_gate)
            {
                while (_next >= _pieces && !_stopped) Monitor.Wait(_gate);
                if (_stopped) return;
                (piece, index) = (_piece!, _next++);
            }
            Do(piece, index);
        }
    }

    private bool TryClaim(out int index)
    {
        lock (_gate)
        {
            index = _next;
            if (_next >= _pieces) return false;
            _next++;
            return true;
        }
    }

    private void Do(Action<int> piece, int index)
    {
        ExceptionDispatchInfo? fault = null;
        try
        {
            piece(index);
        }
        catch (Exception thrown)
        {
            // The top of a helper's loop: the step fails as a whole, on the thread that gave it.
            fault = ExceptionDispatchInfo.Capture(thrown);
        }
        lock (_gate)
        {
            _fault ??= fault;
            if (++_done == _pieces) Monitor.PulseAll(_gate);
        }
    }
}
