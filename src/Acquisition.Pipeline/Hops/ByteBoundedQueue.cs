using System.Diagnostics.CodeAnalysis;
using Acquisition.Core;
using Acquisition.Pipeline.Metering;

namespace Acquisition.Pipeline.Hops;

/// <summary>A first-in first-out queue between two threads, bounded by the bytes of its items.</summary>
/// <remarks>One item is always accepted into an empty queue, so an item larger than the budget passes alone.</remarks>
internal sealed class ByteBoundedQueue<T>(string name, long budgetBytes, Func<T, long> sizeOf, TimeProvider clock)
{
    private readonly object _gate = new();
    private readonly Queue<(T Item, long EnteredTimestamp)> _items = new();
    private readonly HopMeter _meter = new(name, budgetBytes);
    private bool _completed;

    public string Name => name;

    /// <summary>What ended the producer; <see langword="null"/> when it completed normally.</summary>
    public Exception? Error { get; private set; }

    public DurationHistogram TimeInQueue => _meter.TimeInQueue;

    public QueueStatus Status
    {
        get
        {
            lock (_gate) return _meter.Status("wait", _items.Count);
        }
    }

    /// <summary>Raises the alarm when whoever fills the queue has no memory left to do so.</summary>
    public void NoteNoRoom()
    {
        lock (_gate) _meter.NoteNoRoom();
    }

    /// <summary>Adds an item, waiting for room.</summary>
    /// <returns>False when the queue has been completed or abandoned; the item was not taken.</returns>
    public bool TryEnqueue(T item)
    {
        long size = sizeOf(item);
        lock (_gate)
        {
            while (!_completed && _items.Count > 0 && _meter.Bytes + size > budgetBytes)
            {
                _meter.NoteNoRoom();
                Monitor.Wait(_gate);
            }

            if (_completed) return false;
            _items.Enqueue((item, clock.GetTimestamp()));
            _meter.NoteEntered(size);
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
            if (!_items.TryDequeue(out (T Item, long EnteredTimestamp) next))
            {
                item = default;
                return false;
            }

            item = next.Item;
            _meter.NoteLeft(sizeOf(item), clock.GetElapsedTime(next.EnteredTimestamp));
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
            while (_items.TryDequeue(out (T Item, long) left)) release(left.Item);
            _meter.NoteEmptied();
            Monitor.PulseAll(_gate);
        }
    }
}
