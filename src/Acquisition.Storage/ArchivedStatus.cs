using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>Where a run stands, put together from its ledger.</summary>
internal sealed class ArchivedStatus
{
    private DateTimeOffset? _first, _last;
    private RunState _state = RunState.Waiting;
    private string _reason = "the folder holds no scan yet";
    private RunOutcome? _outcome;
    private long _storedFrames, _assembled, _incomplete, _restored;
    private FrameLedger _frames = new();
    private TimeSpan? _lag;
    private ImmutableSortedDictionary<string, long> _skipped = ImmutableSortedDictionary<string, long>.Empty;
    private ImmutableArray<ModelStatus> _models = [];
    private RunStatus? _reported;

    public bool IsFinished => _state == RunState.Finished;

    public RunStatus Told(ScanPlan? plan) => _reported ?? new RunStatus
    {
        State = _state,
        Reason = _reason,
        Outcome = _outcome,
        Plan = plan,
        Frames = IsFinished ? _frames : _frames with { Stored = _storedFrames, InFlight = Math.Max(0, _frames.Received - _storedFrames - _frames.RefusedTotal) },
        Volumes = new VolumeLedger
        {
            Assembled = _assembled,
            Incomplete = _incomplete,
            Restored = _restored,
            Skipped = _skipped,
            Pending = _assembled - _restored - _skipped.Values.Sum(),
        },
        Models = _models,
        Lag = _lag,
        Elapsed = (_last - _first) ?? TimeSpan.Zero,
    };

    /// <summary>Takes the report of a run that has finished, which knows more than the ledger; one that cannot be read is left.</summary>
    public void Take(string path)
    {
        try
        {
            if (File.Exists(path)) _reported = RunReportJson.Read(path).Status;
        }
        catch (AcquisitionException)
        {
            // The ledger tells the same, shorter.
        }
    }

    public void NoteTime(JsonElement entry)
    {
        if (!entry.TryGetProperty("at", out JsonElement at) || !at.TryGetDateTimeOffset(out DateTimeOffset time)) return;
        _first ??= time;
        _last = time;
    }

    public void Note(StateChanged entry) => (_state, _reason) = (entry.State, entry.Reason);

    public void Note(VolumeStored volume)
    {
        _assembled++;
        if (!volume.MissingPlanes.IsEmpty) _incomplete++;
        _storedFrames += volume.Frames;
        _frames = _frames with { Received = volume.Received, Refused = volume.Refused };
    }

    public void Note(Provenance made) => (_restored, _lag) = (_restored + 1, made.Lag);

    public void Note(VolumeSkipped skipped) => _skipped = _skipped.SetItem(skipped.Reason, _skipped.GetValueOrDefault(skipped.Reason) + 1);

    public void Note(ModelStatus model) => _models = _models.Add(model);

    /// <summary>What had been skipped gets one more try.</summary>
    public void Note(RunResumed _) => (_state, _reason, _outcome, _reported, _skipped) = (RunState.Draining, "resumed", null, null, _skipped.Clear());

    public void Note(ScanFinished finished) => (_state, _reason, _outcome, _frames) = (RunState.Finished, finished.Reason, finished.Outcome, finished.Frames);
}
