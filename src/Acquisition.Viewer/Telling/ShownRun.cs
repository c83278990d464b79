using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Viewer.Telling;

/// <summary>The run that clients see, and what they are told of it. Texts are made once for all clients and replaced when they change,
/// so that a client knows by their identity whether it has had them.</summary>
internal sealed class ShownRun(ViewedRun run, IReadOnlyCollection<string> dataSites)
{
    /// <summary>A status in which nothing but the clock went on is told this often, to show that the program lives.</summary>
    private static readonly TimeSpan HeartBeat = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan VolumesEvery = TimeSpan.FromMilliseconds(250);

    private readonly TuningCurve _curve = new();
    private byte[]? _scanForOperators, _scanForViewers, _volumes, _status;
    private string _lastStatus = "";
    private long _statusAt, _volumesAt;
    private bool _volumesChanged = true;
    private readonly ConcurrentDictionary<(VolumeKind, VolumeIndex), string> _unreadable = [];

    public ViewedRun Run => run;

    /// <summary>The scan; <see langword="null"/> until one is taken.</summary>
    public ScanPlan? Plan { get; private set; }

    /// <summary>What is on disk; <see langword="null"/> until there is a folder.</summary>
    public IRunArchive? Archive { get; private set; }

    /// <summary>The message "volumes"; <see langword="null"/> until a scan is known.</summary>
    public byte[]? Volumes => Volatile.Read(ref _volumes);

    /// <summary>The message "status".</summary>
    public byte[]? Status => Volatile.Read(ref _status);

    /// <summary>The message "scan"; <see langword="null"/> until a scan is known.</summary>
    public byte[]? Scan(bool isOperator) => isOperator ? Volatile.Read(ref _scanForOperators) : Volatile.Read(ref _scanForViewers);

    /// <summary>Notes that a stored volume cannot be shown; told unless there is something graver. It is not tried again.</summary>
    public void NoteUnreadable(VolumeKind kind, VolumeIndex index, string why) => _unreadable[(kind, index)] = why;

    /// <summary>Whether a volume is on disk and, as far as is known, can be read.</summary>
    public bool CanRead(VolumeKind kind, VolumeIndex index) => Archive?.IsStored(kind, index) == true && !_unreadable.ContainsKey((kind, index));

    /// <summary>Looks what is new. On one thread at a time.</summary>
    /// <param name="screen">What clients were sent so far.</param>
    /// <param name="shortage">What cannot be shown for want of memory; <see langword="null"/> for nothing.</param>
    /// <returns>Whether there is something to tell, or to send.</returns>
    public bool Look(JsonObject screen, string? shortage)
    {
        RunStatus status = run.Status();
        Archive ??= run.Archive();
        string? fault = null;
        try
        {
            if (Archive?.Refresh() == true) _volumesChanged = true;
        }
        catch (AcquisitionException unreadable)
        {
            fault = unreadable.Message;
        }

        bool isNews = LookAtScan(status) | LookAtVolumes();
        _curve.Note(status.Tuning);
        return LookAtStatus(status, screen, fault ?? _unreadable.Values.FirstOrDefault() ?? shortage) | isNews;
    }

    private bool LookAtScan(RunStatus status)
    {
        if (Plan is not null || (status.Plan ?? Archive?.Plan) is not { } plan || Archive is not { } archive) return false;
        bool isLive = status.State != RunState.Finished;
        Volatile.Write(ref _scanForViewers, Told.Scan(plan, archive.Folder, isLive, isOperator: false, dataSites));
        Volatile.Write(ref _scanForOperators, Told.Scan(plan, archive.Folder, isLive, isOperator: run.Stop is not null, dataSites));
        Plan = plan;
        return true;
    }

    private bool LookAtVolumes()
    {
        if (!_volumesChanged || Plan is null || (_volumes is not null && Stopwatch.GetElapsedTime(_volumesAt) < VolumesEvery)) return false;
        (_volumesChanged, _volumesAt) = (false, Stopwatch.GetTimestamp());
        Volatile.Write(ref _volumes, Told.Volumes(Archive!, Plan.Channels.Length));
        return true;
    }

    private bool LookAtStatus(RunStatus status, JsonObject screen, string? unshown)
    {
        JsonObject message = Told.Status(
            status, _curve.Points, PlainWords.Advice(status, run.IsStored), PlainWords.Alert(status, unshown));
        message["screen"] = screen;
        JsonNode? elapsed = message["elapsed_s"]?.DeepClone();
        message["elapsed_s"] = 0;
        string text = message.ToJsonString(RecordJson.Compact);
        if (text == _lastStatus && Stopwatch.GetElapsedTime(_statusAt) < HeartBeat) return false;
        (_lastStatus, _statusAt) = (text, Stopwatch.GetTimestamp());
        message["elapsed_s"] = elapsed;
        Volatile.Write(ref _status, Told.Json(message));
        return true;
    }
}
