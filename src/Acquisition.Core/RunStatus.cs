using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    /// <summary>No scan has been announced yet.</summary>
    Waiting,

    /// <summary>Frames arrive; nothing can be tuned on yet.</summary>
    Scanning,

    /// <summary>Frames arrive and are stored while a model is tuned on the first volume; volumes are shown projected until then.</summary>
    Tuning,

    /// <summary>Frames arrive and volumes are restored as they come.</summary>
    Live,

    /// <summary>The scan has ended; what is held is being restored and stored.</summary>
    Draining,
    Finished,
}

/// <summary>Why a run finished.</summary>
public enum RunOutcome
{
    Completed,
    Cancelled,
    SourceLost,
    Superseded,
    DiskFull,
    Failed,

    /// <summary>Program or disk failed in mid-scan; what was stored by then has been restored since.</summary>
    Interrupted,
}

/// <summary>Every frame accounted for: <c>Received = Stored + Refused</c>.</summary>
public sealed record FrameLedger
{
    /// <summary>Frame messages that arrived, good or bad.</summary>
    public long Received { get; init; }

    /// <summary>Frames that lie in a raw volume on disk.</summary>
    public long Stored { get; init; }

    /// <summary>Frames copied into a volume that is not yet on disk. 0 once a run has finished.</summary>
    public long InFlight { get; init; }

    /// <summary>Frames refused, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Refused { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Messages that are no frames and were refused, by reason.</summary>
    public ImmutableSortedDictionary<string, long> RefusedMessages { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Frames the source says it sent; <see langword="null"/> when it never said.</summary>
    public long? Sent { get; init; }

    /// <summary>Numbers missing from the source's sequence: messages lost on the way.</summary>
    public long LostMessages { get; init; }

    /// <summary>Messages whose sequence number had been seen before.</summary>
    public long RepeatedMessages { get; init; }

    /// <summary>Messages that came after a later one.</summary>
    public long DisorderedMessages { get; init; }

    public long RefusedTotal => Refused.Values.Sum();

    public bool Closes => Received == Stored + RefusedTotal && InFlight == 0;
}

/// <summary>Every volume accounted for: <c>Assembled = Restored + Pending + Skipped</c>.</summary>
public sealed record VolumeLedger
{
    /// <summary>Volumes of which at least one frame was stored.</summary>
    public long Assembled { get; init; }

    /// <summary>Assembled volumes with planes missing.</summary>
    public long Incomplete { get; init; }

    public long Restored { get; init; }

    /// <summary>Provisional results that were published while a volume waited for a better one; they count nowhere else.</summary>
    public long Previews { get; init; }

    /// <summary>Stored raw and waiting to be restored.</summary>
    public long Pending { get; init; }

    /// <summary>Not restored and not going to be, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Skipped { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    public bool Closes => Assembled == Restored + Pending + Skipped.Values.Sum();
}

/// <summary>How near a queue is to having no room. A level is left only a quarter of the budget below the mark that raised it.</summary>
public enum QueueAlarm
{
    None,

    /// <summary>Three quarters of the budget are used.</summary>
    High,

    /// <summary>There was no room for an item: its <see cref="QueueStatus.Policy"/> took effect.</summary>
    Full,
}

/// <summary>One bounded hop between threads.</summary>
/// <param name="Policy">What happens when there is no room: "wait", or another word for what is given up.</param>
/// <param name="DepthBytes">Memory of what waits now.</param>
/// <param name="HighWaterBytes">Most memory that waited at once.</param>
/// <param name="Dropped">Items that were given up for want of room.</param>
public sealed record QueueStatus(
    string Name, string Policy, int Depth, long DepthBytes, long HighWaterBytes, long BudgetBytes, long Dropped)
{
    public QueueAlarm Alarm { get; init; }

    /// <summary>How often the alarm rose to <see cref="QueueAlarm.High"/> or above.</summary>
    public long TimesHigh { get; init; }

    /// <summary>How often the alarm rose to <see cref="QueueAlarm.Full"/>.</summary>
    public long TimesFull { get; init; }

    /// <summary>How long items waited; <see langword="null"/> until the first has left.</summary>
    public TimingSummary? TimeInQueue { get; init; }
}

/// <summary>How tuning on the first volume goes.</summary>
public sealed record TuningStatus
{
    public required int Channel { get; init; }

    /// <summary>0-based stage; undersampling by 4 takes two.</summary>
    public required int Stage { get; init; }

    public required int Stages { get; init; }

    public required int Step { get; init; }

    public required int Steps { get; init; }

    /// <summary>Training loss, relative to the mean square of the crops.</summary>
    public required double Loss { get; init; }

    /// <summary>PSNR on held-out crops, dB; <see langword="null"/> until first measured.</summary>
    public double? HeldOutDb { get; init; }

    /// <summary>What cubic interpolation reaches on the same crops, dB.</summary>
    public double? CubicDb { get; init; }

    /// <summary>What cubic interpolation with back-projection reaches on the same crops, dB.</summary>
    public double? ProjectedDb { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required TimeSpan Remaining { get; init; }
}

/// <summary>Which model restores a channel, and what was measured before it was chosen.</summary>
public sealed record ModelStatus
{
    public required int Channel { get; init; }

    public required string Method { get; init; }

    public string ModelSha256 { get; init; } = "";

    public VolumeIndex? TunedOn { get; init; }

    /// <summary>First time point that is restored with it; earlier ones keep the model before it.</summary>
    public int FromTimePoint { get; init; }

    /// <summary>Why this model; for people.</summary>
    public required string Reason { get; init; }

    public double? HeldOutDb { get; init; }

    public double? CubicDb { get; init; }

    public double? ProjectedDb { get; init; }

    public int Steps { get; init; }

    public TimeSpan TuningTime { get; init; }
}

/// <summary>A consistent picture of a run at one moment. Immutable.</summary>
public sealed record RunStatus
{
    public required RunState State { get; init; }

    /// <summary>Why it is in this state, for people.</summary>
    public required string Reason { get; init; }

    public RunOutcome? Outcome { get; init; }

    public ScanPlan? Plan { get; init; }

    public FrameLedger Frames { get; init; } = new();

    public VolumeLedger Volumes { get; init; } = new();

    public ImmutableArray<QueueStatus> Queues { get; init; } = [];

    /// <summary>Tuning under way; <see langword="null"/> otherwise.</summary>
    public TuningStatus? Tuning { get; init; }

    public ImmutableArray<ModelStatus> Models { get; init; } = [];

    public double FramesPerSecond { get; init; }

    /// <summary>Lag of the volume restored last.</summary>
    public TimeSpan? Lag { get; init; }

    /// <summary>Tries to feed the run or to listen to it that were refused for want of a key.</summary>
    public long RefusedClients { get; init; }

    /// <summary>Bytes free on the disk under the run; <see langword="null"/> while it is unknown.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>How long these last at the rate of the last minutes; <see langword="null"/> while they do not shrink.</summary>
    public TimeSpan? DiskTimeLeft { get; init; }

    public required TimeSpan Elapsed { get; init; }
}
