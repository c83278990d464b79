using Acquisition.Core;
using Acquisition.Pipeline.Hops;
using Acquisition.Pipeline.Metering;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Volumes waiting to be restored. Never makes the raw path wait: what does not fit in memory waits on disk.</summary>
/// <remarks>Pixels are held only while the camera's pool keeps <paramref name="reserveBytes"/> free for frames to come; the last
/// in line go first when the camera needs memory. A volume without pixels costs about 60 bytes and is read back when its turn comes.</remarks>
internal sealed class RestorationBacklog(VolumePool pool, long reserveBytes, RestorationOrder order, TimeProvider clock)
{
    private readonly object _gate = new();
    private readonly LinkedList<PendingVolume> _waiting = new();
    private readonly Dictionary<int, PendingVolume> _firstOfChannel = [];
    private readonly HopMeter _meter = new("restore", pool.BudgetBytes - reserveBytes);
    private long _spilled;
    private int _withoutRoom; // waiting volumes whose pixels found none
    private bool _completed;
    private bool _nudged;

    public DurationHistogram TimeInQueue => _meter.TimeInQueue;

    public QueueStatus Status
    {
        get
        {
            lock (_gate) return _meter.Status($"spill to disk ({_spilled} spilled)", _waiting.Count);
        }
    }

    /// <summary>Whether no more volumes will come.</summary>
    public bool IsCompleted { get { lock (_gate) return _completed; } }

    /// <summary>Adds a stored volume, keeping its pixels if memory allows.</summary>
    /// <param name="volume">Without pixels, it is read back from disk in any case.</param>
    public void Add(PendingVolume volume)
    {
        lock (_gate)
        {
            bool keep = volume.Pixels is not null && !_completed && pool.LentBytes <= pool.BudgetBytes - reserveBytes;
            if (keep)
            {
                volume.Pixels!.Retain();
                _meter.NoteEntered(volume.Pixels.Bytes);
            }
            else
            {
                _spilled++;
                if (volume.Pixels is not null && !_completed) NoteNoRoom(ref volume);
            }

            _firstOfChannel.TryAdd(volume.Index.C, volume with { Pixels = null });
            _waiting.AddLast(keep ? volume : volume with { Pixels = null });
            _nudged = true; // it may be of use even while it is not ready
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Remembers the first volume of its channel, which need not wait any more.</summary>
    public void NoteFirst(PendingVolume volume)
    {
        lock (_gate) _firstOfChannel.TryAdd(volume.Index.C, volume with { Pixels = null });
    }

    /// <summary>The channel's volume that was noted or added first, without pixels.</summary>
    public PendingVolume? First(int channel)
    {
        lock (_gate) return _firstOfChannel.TryGetValue(channel, out PendingVolume first) ? first : null;
    }

    /// <summary>Gives back the pixels of the volume that would be restored last.</summary>
    /// <returns>False when no pixels are held.</returns>
    public bool Shed()
    {
        lock (_gate)
        {
            LinkedListNode<PendingVolume>? last = null;
            for (var node = order.NewestFirst ? _waiting.First : _waiting.Last; node is not null; node = order.NewestFirst ? node.Next : node.Previous)
            {
                if (node.Value.Pixels is null) continue;
                if (order.Every == 1 || !order.Prefers(node.Value.Index))
                {
                    last = node;
                    break;
                }

                last ??= node;
            }

            if (last?.Value.Pixels is not { } pixels) return false;
            PendingVolume shed = last.Value with { Pixels = null };
            NoteNoRoom(ref shed);
            last.Value = shed;
            _meter.NoteGivenBack(pixels.Bytes, isRelieved: false);
            _spilled++;
            pixels.Release();
            return true;
        }
    }

    /// <summary>Tells whoever waits here that there is something else to look at.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            _nudged = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the volume whose turn it is among those that are ready; the caller releases its pixels.</summary>
    /// <param name="isReady">Called with the queue locked: must be quick.</param>
    /// <param name="waits">Whether to wait for a volume, or for a nudge since the last call that found none.</param>
    /// <param name="volume"><see langword="null"/> when none is ready.</param>
    /// <returns>False when none waits and no more will come.</returns>
    public bool TryTake(Predicate<PendingVolume> isReady, bool waits, out PendingVolume? volume)
    {
        lock (_gate)
        {
            LinkedListNode<PendingVolume>? node;
            while ((node = Next(isReady)) is null && waits && !_nudged && !IsDone) Monitor.Wait(_gate);
            volume = node?.Value;
            if (node is null)
            {
                _nudged = false;
                return !IsDone;
            }

            _waiting.Remove(node);
            if (node.Value.FoundNoRoom) _withoutRoom--;
            _meter.NoteLeft(node.Value.Pixels?.Bytes ?? 0, clock.GetElapsedTime(node.Value.StoredTimestamp), _withoutRoom == 0);
            return true;
        }
    }

    /// <summary>Looks at a waiting volume, which goes on waiting; the caller releases its pixels.</summary>
    /// <param name="isWanted">Called with the queue locked: must be quick.</param>
    /// <param name="newestFirst">Whether to look from the volume that came last.</param>
    public PendingVolume? Borrow(Predicate<PendingVolume> isWanted, bool newestFirst)
    {
        lock (_gate)
        {
            for (var node = newestFirst ? _waiting.Last : _waiting.First; node is not null; node = newestFirst ? node.Previous : node.Next)
            {
                if (!isWanted(node.Value)) continue;
                node.Value.Pixels?.Retain();
                return node.Value;
            }

            return null;
        }
    }

    /// <summary>No more volumes will come; those waiting are still taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = _nudged = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Gives back everything held and lets no more be taken. The volumes stay pending, on disk.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _completed = true;
            foreach (PendingVolume volume in _waiting) volume.Pixels?.Release();
            _waiting.Clear();
            _withoutRoom = 0;
            _meter.NoteEmptied();
            Monitor.PulseAll(_gate);
        }
    }

    private void NoteNoRoom(ref PendingVolume volume)
    {
        volume = volume with { FoundNoRoom = true };
        _withoutRoom++;
        _meter.NoteNoRoom();
    }

    private bool IsDone => _completed && _waiting.Count == 0;

    private LinkedListNode<PendingVolume>? Next(Predicate<PendingVolume> isReady)
    {
        LinkedListNode<PendingVolume>? next = null;
        for (var node = order.NewestFirst ? _waiting.Last : _waiting.First; node is not null; node = order.NewestFirst ? node.Previous : node.Next)
        {
            if (!isReady(node.Value)) continue;
            if (order.Prefers(node.Value.Index)) return node;
            next ??= node;
        }

        return next;
    }
}
