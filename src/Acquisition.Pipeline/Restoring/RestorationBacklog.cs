using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Volumes waiting to be restored. Never makes the raw path wait: what does not fit in memory waits on disk.</summary>
/// <remarks>Pixels are held only while the camera's pool keeps <paramref name="reserveBytes"/> free for frames to come; the last
/// in line go first when the camera needs memory. A volume without pixels costs about 60 bytes and is read back when its turn comes.</remarks>
internal sealed class RestorationBacklog(VolumePool pool, long reserveBytes)
{
    private readonly object _gate = new();
    private readonly LinkedList<PendingVolume> _waiting = new();
    private long _bytes;
    private long _highWaterBytes;
    private long _spilled;
    private bool _completed;
    private bool _nudged;

    public QueueStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new QueueStatus("restore", $"spill to disk ({_spilled} spilled)", _waiting.Count, _bytes, _highWaterBytes,
                    pool.BudgetBytes - reserveBytes, Dropped: 0);
            }
        }
    }

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
                _bytes += volume.Pixels.Bytes;
                _highWaterBytes = Math.Max(_highWaterBytes, _bytes);
            }
            else
            {
                _spilled++;
            }

            _waiting.AddLast(keep ? volume : volume with { Pixels = null });
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Gives back the pixels of the volume that would be restored last.</summary>
    /// <returns>False when no pixels are held.</returns>
    public bool Shed()
    {
        lock (_gate)
        {
            for (LinkedListNode<PendingVolume>? node = _waiting.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Pixels is not { } pixels) continue;
                node.Value = node.Value with { Pixels = null };
                _bytes -= pixels.Bytes;
                _spilled++;
                pixels.Release();
                return true;
            }

            return false;
        }
    }

    /// <summary>Tells whoever waits here that planes of a coming volume can be worked on.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            _nudged = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the volume that has waited longest; the caller releases its pixels.</summary>
    /// <param name="waits">Whether to wait for a volume, or for a nudge since the last call that found none.</param>
    /// <param name="volume"><see langword="null"/> when none waits.</param>
    /// <returns>False when no more will come.</returns>
    public bool TryTake(bool waits, out PendingVolume? volume)
    {
        lock (_gate)
        {
            while (waits && _waiting.Count == 0 && !_completed && !_nudged) Monitor.Wait(_gate);
            volume = _waiting.First?.Value;
            if (volume is null)
            {
                _nudged = false;
                return !_completed;
            }

            _waiting.RemoveFirst();
            _bytes -= volume.Value.Pixels?.Bytes ?? 0;
            return true;
        }
    }

    /// <summary>No more volumes will come; those waiting are still taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
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
            _bytes = 0;
            Monitor.PulseAll(_gate);
        }
    }
}
