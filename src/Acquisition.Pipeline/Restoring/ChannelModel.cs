using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

/// <summary>How one channel is restored, from its first volume to its last. For the restoration's thread; the statuses may be read by any.</summary>
internal sealed class ChannelModel(int channel)
{
    private const int MaxAttempts = 3;

    private readonly HashSet<VolumeIndex> _tried = [];
    private ImmutableArray<ModelGeneration> _generations = [];
    private ModelStatus[] _statuses = [];

    public int Channel => channel;

    /// <summary>Fixed for the scan once set: results of one channel are comparable.</summary>
    public IntensityScale? Scale { get; set; }

    /// <summary>Whether it is decided how volumes of this channel are restored.</summary>
    public bool IsChosen => !_generations.IsEmpty;

    /// <summary>From this time point on volumes wait for the model that is being tuned.</summary>
    public int HeldFrom { get; private set; }

    /// <summary>Latest time point restored for good; −1 for none.</summary>
    public int LatestRestored { get; private set; } = -1;

    /// <summary>The volume restored last that lacked no plane, to be read from disk; <see langword="null"/> before the first.</summary>
    public PendingVolume? NewestComplete { get; set; }

    /// <summary>Latest time point of which a provisional result was published; −1 for none.</summary>
    public int LatestPreviewed { get; set; } = -1;

    /// <summary>What restores provisionally while volumes wait; <see langword="null"/> for cubic interpolation with back-projection.</summary>
    public (TunedModel Model, string Sha256, VolumeIndex TunedOn)? Snapshot { get; set; }

    /// <summary>Notices when the newest model no longer suits the sample. It is the model's, and a new one comes with a new model only.</summary>
    public DriftWatch? Watch { get; private set; }

    /// <summary>What was chosen and why, oldest first.</summary>
    public IReadOnlyList<ModelStatus> Statuses => Volatile.Read(ref _statuses);

    /// <summary>Why the last volume tried could not be tuned on.</summary>
    public string? LastRefusal { get; set; }

    /// <summary>Whether volumes wait for a model.</summary>
    public bool IsHolding => HeldFrom != int.MaxValue;

    public bool MayTryAgain => _tried.Count < MaxAttempts;

    public int Attempts => _tried.Count;

    public ModelGeneration Newest => _generations[^1];

    /// <summary>Whether a volume of this time point can be restored for good.</summary>
    public bool IsReady(int timePoint) => IsChosen && timePoint < HeldFrom;

    /// <summary>What restores this time point.</summary>
    public ModelGeneration For(int timePoint)
    {
        for (int i = _generations.Length - 1; i > 0; i--)
            if (_generations[i].Status.FromTimePoint <= timePoint) return _generations[i];
        return _generations[0];
    }

    /// <summary>Remembers that tuning begins on this volume.</summary>
    public void NoteAttempt(VolumeIndex index) => _tried.Add(index);

    public bool WasTried(VolumeIndex index) => _tried.Contains(index);

    public void NoteRestored(int timePoint) => LatestRestored = Math.Max(LatestRestored, timePoint);

    /// <summary>Makes volumes that were not begun wait for a new model.</summary>
    /// <returns>The first time point that does.</returns>
    public int Hold() => HeldFrom = LatestRestored + 1;

    /// <summary>Lets waiting volumes go on with what there is. Drift is measured against the same volumes as before.</summary>
    public void Release() => (HeldFrom, Snapshot) = (int.MaxValue, null);

    /// <param name="watch">For the model that restores from now on; <see langword="null"/> for one that cannot drift.</param>
    public void Choose(ModelGeneration generation, DriftWatch? watch)
    {
        _generations = _generations.Add(generation);
        Volatile.Write(ref _statuses, [.. _generations.Select(g => g.Status)]);
        Watch = watch;
        Release();
    }
}
