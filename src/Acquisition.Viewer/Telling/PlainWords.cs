using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Viewer.Telling;

/// <summary>What a person at the microscope should know, in one line.</summary>
internal static class PlainWords
{
    private static readonly TimeSpan LittleDiskTime = TimeSpan.FromHours(1);

    /// <summary>What is wrong and what to do, the gravest first; <see langword="null"/> when nothing is.</summary>
    /// <param name="unshown">Why a volume could not be shown; <see langword="null"/> when none failed.</param>
    public static string? Alert(RunStatus status, string? unshown) => status switch
    {
        { Outcome: RunOutcome.DiskFull } => $"The disk is full: {status.Reason} Make room and start again; 'acquisition resume' restores what was stored.",
        { Outcome: RunOutcome.Failed } => $"The run failed: {status.Reason}",
        { Outcome: RunOutcome.SourceLost } => $"The microscope went silent: {status.Reason}. Look at its program and the cable; what came is stored.",
        { DiskTimeLeft: { } left, State: not RunState.Finished } when left < LittleDiskTime =>
            string.Create(CultureInfo.InvariantCulture, $"The disk lasts for about {left.TotalMinutes:0} min at this rate. Make room, or end the scan."),
        _ when Queue(status, "raw") is { Alarm: QueueAlarm.Full } =>
            "The disk is slower than the camera, which has to wait. Use a faster disk, or fewer frames a second.",
        { Frames.LostMessages: > 0 and var lost } =>
            $"{Count(lost, "message")} from the microscope got lost on the way. Set source.pattern to push-pull, or raise source.high_water_mark.",
        { Frames.RefusedTotal: > 0 and var refused } =>
            $"{Count(refused, "frame")} refused: {string.Join(", ", status.Frames.Refused.Select(reason => $"{reason.Value} {reason.Key}"))}. The ledger says what was wrong with the first of each kind.",
        _ when status.Queues.FirstOrDefault(queue => queue.Dropped > 0) is { } queue => $"{Count(queue.Dropped, "volume")} given up in the queue '{queue.Name}'.",
        { Volumes.Skipped: { IsEmpty: false } skipped } =>
            $"{Count(skipped.Values.Sum(), "volume")} could not be restored: {string.Join(", ", skipped.Select(reason => $"{reason.Value} {reason.Key}"))}. They are stored as they came.",
        { Volumes.Incomplete: > 0 and var incomplete } => $"Planes are missing in {Count(incomplete, "volume")}. What came is stored, and restored from the planes around.",
        _ => unshown,
    };

    /// <summary>What can be done here, or what is being waited for; empty when there is nothing to say.</summary>
    public static string Advice(RunStatus status, bool isStored) => status switch
    {
        _ when isStored && status.State == RunState.Finished && status.Volumes.Pending > 0 =>
            $"This is a stored run; {Count(status.Volumes.Pending, "volume")} wait to be restored, which 'acquisition resume' does.",
        _ when isStored && status.State == RunState.Finished => "This is a stored run.",
        _ when isStored => "This is a stored run, or one of another program that goes on; new volumes appear here.",
        { State: RunState.Waiting } => "Start the scan at the microscope.",
        { State: RunState.Tuning } => "Volumes are previews until the network is tuned.",
        { State: RunState.Finished, Volumes.Pending: > 0 and var pending } => $"{Count(pending, "volume")} wait to be restored, which 'acquisition resume' does.",
        { State: RunState.Finished } => "The run is over; 'acquisition view' shows it again.",
        _ => "",
    };

    private static QueueStatus? Queue(RunStatus status, string name) => status.Queues.FirstOrDefault(queue => queue.Name == name);

    private static string Count(long number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");
}
