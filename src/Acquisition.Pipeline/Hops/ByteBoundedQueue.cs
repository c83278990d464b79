using System.Diagnostics.CodeAnalysis;
using Acquisition.Core;

namespace Acquisition.Pipeline.Hops;

/// <summary>A first-in first-out queue between two threads, bounded by the bytes of its items.</summary>
/// <remarks>One item is always accepted into an empty queue, so an item larger than the budget passes alone.</remarks>
internal sealed class ByteBoundedQueue<T>(string name, long budgetBytes, Func<T, long> sizeOf)
{
    private readonly object _gate = new();
    private readonly Queue<T> _items = new();
    private long _bytes;
    private long _highWaterBytes;
    private bool _completed;

    public string Name => name;

    /// <summary>What ended the producer; <see langword="null"/> when it completed normally.</summary>
    public Exception? Error { get; private set; }

    public QueueStatus Status
    {
        get
        {
            lock (_gate) return new QueueStatus(name, "wait", _items.Count, _bytes, _highWaterBytes, budgetBytes, Dropped: 0);
        }
    }

    /// <summary>Adds an item, waiting for room.</summary>
    /// <returns>False when the queue has been completed or abandoned; the item was not taken.</returns>
    public bool TryEnqueue(T item)
    {
        long size = sizeOf(item);
        lock (_gate)
        {
            while (!_completed && _items.Count > 0 && _bytes + size > budgetBytes) Monitor.Wait(_gate);
            if (_completed) return false;
            _items.Enqueue(item);
            _bytes += size;
            _highWaterBytes = Math.Max(_highWaterBytes, _bytes);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Takes the oldest item, waiting for one.</summary>
    /// <returns>False when the queue is completed and empty.</returns>
    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            while (_items.Count == 0 && !_completed) Monitor.Wait(_gate);
            if (!_items.TryDequeue(out item)) return false;
            _bytes -= sizeOf(item);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>No more items will come; those queued are still delivered.</summary>
    public void Complete(Exception? error)
    {
        lock (_gate)
        {
            if (_completed) return;
            _completed = true;
            Error = error;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Gives back what is queued and refuses what still comes.</summary>
    public void Abandon(Action<T> release)
    {
        lock (_gate)
        {
            _completed = true;
            while (_items.TryDequeue(out T? item)) release(item);
            _bytes = 0;
            Monitor.PulseAll(_gate);
        }
    }
}
