using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Pipeline.Metering;

/// <summary>Counts what happened to each assembled volume. Thread-safe; a snapshot is consistent.</summary>
internal sealed class VolumeCounters
{
    private readonly Lock _gate = new();
    private VolumeLedger _ledger = new();

    public VolumeLedger Snapshot()
    {
        lock (_gate) return _ledger;
    }

    /// <summary>A volume lies on disk and waits to be restored.</summary>
    public void NoteAssembled(bool complete)
    {
        lock (_gate)
        {
            _ledger = _ledger with
            {
                Assembled = _ledger.Assembled + 1,
                Incomplete = _ledger.Incomplete + (complete ? 0 : 1),
                Pending = _ledger.Pending + 1,
            };
        }
    }

    /// <summary>A provisional result was published.</summary>
    public void NotePreviewed()
    {
        lock (_gate) _ledger = _ledger with { Previews = _ledger.Previews + 1 };
    }

    public void NoteRestored()
    {
        lock (_gate) _ledger = _ledger with { Pending = _ledger.Pending - 1, Restored = _ledger.Restored + 1 };
    }

    public void NoteSkipped(string reason)
    {
        lock (_gate)
        {
            ImmutableSortedDictionary<string, long> skipped = _ledger.Skipped;
            _ledger = _ledger with
            {
                Pending = _ledger.Pending - 1,
                Skipped = skipped.SetItem(reason, skipped.GetValueOrDefault(reason) + 1),
            };
        }
    }
}
