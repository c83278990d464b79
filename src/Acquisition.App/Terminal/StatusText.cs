using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;

namespace Acquisition.App.Terminal;

/// <summary>Parts of a run's status in words; plain text, safe to show.</summary>
internal static class StatusText
{
    public static string State(RunStatus status) => TerminalText.Plain(
        status is { State: RunState.Finished, Outcome: { } outcome } ? $"{Word(status.State)}, {Word(outcome)}: {status.Reason}" : $"{Word(status.State)}: {status.Reason}");

    public static string Plan(ScanPlan plan)
    {
        string channels = plan.Channels.Length == 1 ? "1 channel" : $"{plan.Channels.Length} channels";
        string volumes = plan.TimePoints is { } planned ? $"{planned} time points" : "open-ended";
        return TerminalText.Plain(
            $"scan {plan.ScanId} ({plan.Mode}): {volumes}, {channels} ({string.Join(", ", plan.Channels)}), "
            + $"{plan.Shape} {plan.PixelType.Name()} to be restored to {plan.RestoredShape}, voxel {plan.RestoredVoxelSize}");
    }

    public static string Frames(RunStatus status)
    {
        var frames = status.Frames;
        string sent = frames.Sent is { } count ? Invariant($" of {count} sent") : "";
        return Invariant($"{frames.Received} frames{sent} ({status.FramesPerSecond:0.0}/s), {frames.Stored} stored, ")
            + $"refused {Reasons(frames.Refused)}" + Invariant($", lost {frames.LostMessages}");
    }

    public static string Volumes(RunStatus status)
    {
        var volumes = status.Volumes;
        string incomplete = volumes.Incomplete > 0 ? Invariant($" ({volumes.Incomplete} with planes missing)") : "";
        string skipped = volumes.Skipped.IsEmpty ? "" : $", skipped {Reasons(volumes.Skipped)}";
        string previews = volumes.Previews > 0 ? Invariant($" ({volumes.Previews} shown before)") : "";
        return Invariant($"{volumes.Assembled} volumes{incomplete}, {volumes.Restored} restored, {volumes.Pending} waiting{previews}{skipped}, lag {Lag(status.Lag)}");
    }

    /// <summary>The account of a finished run's frames.</summary>
    public static string Ledger(FrameLedger frames)
    {
        string sent = frames.Sent is { } count ? Invariant($"{count} sent, ") : "";
        string messages = frames.RefusedMessages.IsEmpty ? "" : $"; other messages refused {Reasons(frames.RefusedMessages)}";
        return sent + Invariant($"{frames.Received} received = {frames.Stored} stored + {Reasons(frames.Refused)} refused; ")
            + Invariant($"{frames.LostMessages} messages lost, {frames.RepeatedMessages} repeated, {frames.DisorderedMessages} out of order{messages}");
    }

    /// <summary>The account of a finished run's volumes.</summary>
    public static string Ledger(VolumeLedger volumes) =>
        Invariant($"{volumes.Assembled} assembled = {volumes.Restored} restored + {volumes.Pending} pending + {Reasons(volumes.Skipped)} skipped; ")
        + Invariant($"{volumes.Incomplete} with planes missing");

    public static string Tuning(TuningStatus tuning) =>
        Invariant($"channel {tuning.Channel}, stage {tuning.Stage + 1} of {tuning.Stages}, step {tuning.Step} of {tuning.Steps}, loss {tuning.Loss:0.0000}, ")
        + $"held-out {Decibels(tuning.HeldOutDb)} (cubic {Decibels(tuning.CubicDb)}, projected {Decibels(tuning.ProjectedDb)}), {Duration(tuning.Remaining)} left";

    /// <summary>How long tuning took and what it reached.</summary>
    public static string Tuned(ModelStatus model) =>
        Invariant($"{Duration(model.TuningTime)} for {model.Steps} steps; held-out {Decibels(model.HeldOutDb)}, ")
        + $"cubic {Decibels(model.CubicDb)}, projected {Decibels(model.ProjectedDb)}";

    public static string Timing(TimingSummary timing) =>
        $"median {Milliseconds(timing.P50Ms)}, 95 % within {Milliseconds(timing.P95Ms)}, 99 % within {Milliseconds(timing.P99Ms)}, longest {Milliseconds(timing.MaxMs)}"
        + Invariant($" ({timing.Count} times)");

    public static string Model(ModelStatus model) => TerminalText.Plain(
        $"channel {model.Channel} is restored with {model.Method}{(model.FromTimePoint > 0 ? Invariant($" from time point {model.FromTimePoint} on") : "")}: {model.Reason}");

    /// <summary>What waits in a queue now.</summary>
    public static string Queue(QueueStatus queue) => TerminalText.Plain(
        Invariant($"{queue.Name}: {queue.Depth} waiting, {queue.DepthBytes >> 20} of {queue.BudgetBytes >> 20} MiB, {queue.Dropped} dropped{Alarm(queue.Alarm)}"));

    /// <summary>What a queue came to in a finished run.</summary>
    public static string QueueSummary(QueueStatus queue) => TerminalText.Plain(
        Invariant($"at most {queue.HighWaterBytes >> 20} of {queue.BudgetBytes >> 20} MiB; {(queue.TimeInQueue is { } time ? Timing(time) : "never used")}")
        + (queue.TimesHigh > 0 ? Invariant($"; three quarters full {queue.TimesHigh} times, without room {queue.TimesFull} times") : ""));

    public static string Disk(long freeBytes, TimeSpan? timeLeft) =>
        Invariant($"{freeBytes / (double)(1L << 30):0.0} GiB free") + (timeLeft is { } left ? $", {Duration(left)} at this rate" : "");

    public static string RefusedClients(long count) => Invariant($"{count} {(count == 1 ? "try" : "tries")} to connect without a listed key");

    /// <summary>"0", or the total with what it is made of.</summary>
    public static string Reasons(ImmutableSortedDictionary<string, long> counts) =>
        TerminalText.Plain(counts.Values.Sum() is > 0 and long total
            ? Invariant($"{total} ({string.Join(", ", counts.Where(c => c.Value > 0).Select(c => Invariant($"{c.Key} {c.Value}")))})")
            : "0");

    public static string Lag(TimeSpan? lag) => lag is { } known ? Duration(known) : "unknown";

    public static string Decibels(double? value) => value is { } known ? Invariant($"{known:0.00} dB") : "not yet measured";

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 2 } => Invariant($"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } => Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => Invariant($"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    public static string Word(RunState state) => state switch
    {
        RunState.Waiting => "waiting",
        RunState.Scanning => "scanning",
        RunState.Tuning => "tuning",
        RunState.Live => "live",
        RunState.Draining => "finishing",
        _ => "finished",
    };

    private static string Alarm(QueueAlarm alarm) => alarm switch
    {
        QueueAlarm.High => "; ALARM: three quarters full",
        QueueAlarm.Full => "; ALARM: no room left",
        _ => "",
    };

    public static string Word(RunOutcome outcome) => outcome switch
    {
        RunOutcome.SourceLost => "source lost",
        RunOutcome.DiskFull => "disk full",
        _ => outcome.ToString().ToLowerInvariant(),
    };

    /// <summary>Milliseconds as such while they are few.</summary>
    private static string Milliseconds(double milliseconds) =>
        milliseconds < 1000 ? Invariant($"{milliseconds:0} ms") : Duration(TimeSpan.FromMilliseconds(milliseconds));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
