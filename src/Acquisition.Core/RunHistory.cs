using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>What a run has left that is to go on: its ledger, held against what lies on disk.</summary>
public sealed record RunHistory
{
    /// <summary>Plan and settings, as the ledger's first line has them.</summary>
    public required ScanStarted Scan { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Volumes in the raw dataset, in the order in which they were stored.</summary>
    public required ImmutableArray<VolumeStored> Stored { get; init; }

    /// <summary>Volumes in the restored dataset, in the order in which they were restored.</summary>
    public required ImmutableArray<Provenance> Restored { get; init; }

    /// <summary>Every choice of a model, oldest first; their weights lie under models/.</summary>
    public required ImmutableArray<ModelStatus> Models { get; init; }

    /// <summary>How the run ended last; <see langword="null"/> when the program never came to say so.</summary>
    public ScanFinished? Finished { get; init; }

    /// <summary>Whether the ledger closes and nothing came after the line that says so.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>What had to be put right, for people; empty when nothing had.</summary>
    public ImmutableArray<string> Repairs { get; init; } = [];

    /// <summary>Whether nothing is left to do: the ledger is closed, and every stored volume is restored.</summary>
    public bool IsComplete => IsClosed && Repairs.IsEmpty && Pending.IsEmpty;

    /// <summary>Volumes that are stored and not restored, in the order in which they were stored.</summary>
    public ImmutableArray<VolumeStored> Pending
    {
        get
        {
            var restored = Restored.Select(volume => volume.Index).ToHashSet();
            return [.. Stored.Where(volume => !restored.Contains(volume.Index))];
        }
    }

    /// <summary>Whether every volume that was planned is stored without a plane missing.</summary>
    public bool IsScanComplete =>
        Scan.Plan.TimePoints is { } planned && Stored.Length == (long)planned * Scan.Plan.Channels.Length && Stored.All(volume => volume.MissingPlanes.IsEmpty);

    /// <summary>The last account that the run gave of its frames. What it stored may be more or less than lies on disk.</summary>
    public required FrameLedger LastKnown { get; init; }

    /// <summary>Every frame accounted for. What had been received by the last line that tells and is in no stored volume is lost.</summary>
    public FrameLedger Frames
    {
        get
        {
            long stored = Stored.Sum(volume => (long)volume.Frames);
            long open = LastKnown.Received - stored - LastKnown.RefusedTotal;
            ImmutableSortedDictionary<string, long> refused = LastKnown.Refused;
            // Of what was given up for lost, a volume may have come to the disk after all.
            foreach (string reason in (string[])[RefusalReason.NotStored.Name(), RefusalReason.LostInCrash.Name()])
            {
                if (open >= 0 || !refused.TryGetValue(reason, out long lost)) continue;
                long found = Math.Min(lost, -open);
                refused = found == lost ? refused.Remove(reason) : refused.SetItem(reason, lost - found);
                open += found;
            }

            if (open > 0)
            {
                string lost = RefusalReason.LostInCrash.Name();
                refused = refused.SetItem(lost, refused.GetValueOrDefault(lost) + open);
            }

            return LastKnown with { Received = LastKnown.Received - Math.Min(open, 0), Stored = stored, InFlight = 0, Refused = refused };
        }
    }

    /// <summary>Frames that had been received and are in no stored volume.</summary>
    public long LostFrames => Frames.Refused.GetValueOrDefault(RefusalReason.LostInCrash.Name());
}
