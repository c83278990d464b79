using System.Collections.Concurrent;
using Acquisition.Core;

namespace Acquisition.Viewer;

/// <summary>A thread of low priority that does one thing after the other.</summary>
internal sealed class BackgroundThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public BackgroundThread(string name)
    {
        _thread = new Thread(() =>
        {
            LowPriority.Enter();
            foreach (Action work in _work.GetConsumingEnumerable()) work();
        })
        { IsBackground = true, Name = $"acquisition {name}" };
        _thread.Start();
    }

    /// <returns>Completes with what the work returns, or fails with what it throws.</returns>
    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception fault) when (fault is not OutOfMemoryException)
                {
                    done.SetException(fault);
                }
            });
        }
        catch (InvalidOperationException)
        {
            done.SetCanceled(); // nobody is there any more
        }

        return done.Task;
    }

    /// <summary>Waits for what was begun.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
