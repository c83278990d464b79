using System.Collections.Immutable;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class PlainReporterTests
{
    [Fact]
    public void What_happens_is_told_once_and_in_order()
    {
        ModelStatus model = new() { Channel = 0, Method = "self-vision", Reason = "0.5 dB above projected" };
        RunStatus live = AppStatuses.At(4, RunState.Live) with { Models = [model] };

        Assert.Equal(
            [
                "[    0.0 s] waiting: because",
                "[    1.0 s] scanning: because",
                "[    1.0 s] scan 00000000-0000-0000-0000-000000000001 (light-sheet): 4 time points, 2 channels (GFP[bold], RFP [2J), "
                    + "8×32×48 uint16 to be restored to 16×64×96, voxel 1×0.5×0.5 µm",
                "[    2.0 s] tuning: channel 0, stage 1 of 1, step 1 of 600, loss 0.0123, held-out 34.50 dB (cubic 33.25 dB, projected 34.00 dB), 60 s left",
                "[    4.0 s] live: because",
                "[    4.0 s] tuning has ended",
                "[    4.0 s] channel 0 is restored with self-vision: 0.5 dB above projected",
                "[    4.5 s] restored volume 2, lag 0.3 s",
                "[    4.6 s] finished, source lost: because",
            ],
            Lines(
                AppStatuses.At(0, RunState.Waiting),
                AppStatuses.At(0.2, RunState.Waiting),
                AppStatuses.At(1, RunState.Scanning),
                AppStatuses.At(2, RunState.Scanning) with { Tuning = AppStatuses.Tuning(1) },
                AppStatuses.At(2.2, RunState.Scanning) with { Tuning = AppStatuses.Tuning(3) },
                live,
                live with { Elapsed = TimeSpan.FromSeconds(4.2) },
                live with { Elapsed = TimeSpan.FromSeconds(4.5), Lag = TimeSpan.FromMilliseconds(300), Volumes = new VolumeLedger { Assembled = 2, Restored = 2 } },
                live with { State = RunState.Finished, Outcome = RunOutcome.SourceLost, Elapsed = TimeSpan.FromSeconds(4.6), Volumes = new VolumeLedger { Assembled = 2, Restored = 2 } }));
    }

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 2)]
    public void A_minute_of_five_statuses_a_second_is_a_summary_every_five_seconds_or_every_thirty_when_nothing_changes(bool changes, int summaries)
    {
        string[] lines = Lines([.. Enumerable.Range(0, 301).Select(i =>
            AppStatuses.At(i / 5.0, RunState.Scanning) with { Frames = new FrameLedger { Received = changes ? i : 0, Stored = changes ? i : 0 } })]);
        Assert.InRange(lines.Count(line => line.Contains("frames", StringComparison.Ordinal)), summaries, summaries + 1);
    }

    [Fact]
    public void A_new_reason_and_a_changed_alarm_are_lines_of_their_own()
    {
        RunStatus At(double seconds, string reason, QueueAlarm alarm) => AppStatuses.At(seconds, RunState.Scanning, reason) with
        {
            Queues = [new QueueStatus("raw", "wait", 2, 3 << 20, 4 << 20, 4 << 20, 0) { Alarm = alarm }],
        };
        Assert.Equal(
            [
                "[    1.0 s] scanning: the scan has begun",
                "[    2.0 s] queue raw: 2 waiting, 3 of 4 MiB, 0 dropped; ALARM: three quarters full",
                "[    3.0 s] queue raw: 2 waiting, 3 of 4 MiB, 0 dropped; ALARM: no room left",
                "[    4.0 s] scanning: another one",
                "[    4.0 s] queue raw: 2 waiting, 3 of 4 MiB, 0 dropped; alarm over",
            ],
            Lines(
                At(1, "the scan has begun", QueueAlarm.None), At(2, "the scan has begun", QueueAlarm.High), At(2.2, "the scan has begun", QueueAlarm.High),
                At(3, "the scan has begun", QueueAlarm.Full), At(4, "another one", QueueAlarm.None)).Where(line => !line.Contains("light-sheet", StringComparison.Ordinal)));
    }

    [Fact]
    public void While_waiting_refused_messages_are_shown_so_that_a_wrong_sender_is_noticed()
    {
        RunStatus deaf = AppStatuses.At(6, RunState.Waiting) with
        {
            Frames = new FrameLedger { RefusedMessages = ImmutableSortedDictionary<string, long>.Empty.Add("unsupported-version", 3) },
        };
        Assert.Contains("messages refused 3 (unsupported-version 3)", Lines(deaf)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_counts_refusals_by_reason_and_losses()
    {
        RunStatus status = AppStatuses.At(6, RunState.Live) with
        {
            FramesPerSecond = 12.34,
            Frames = new FrameLedger
            {
                Received = 40, Stored = 37, Sent = 50, LostMessages = 10,
                Refused = ImmutableSortedDictionary<string, long>.Empty.Add("duplicate", 1).Add("late", 2).Add("malformed", 0),
            },
            Volumes = new VolumeLedger { Assembled = 5, Incomplete = 1, Restored = 2, Pending = 2, Skipped = ImmutableSortedDictionary<string, long>.Empty.Add("cancelled", 1) },
            Lag = TimeSpan.FromSeconds(125),
            FreeBytes = 3L << 29,
            DiskTimeLeft = TimeSpan.FromMinutes(45),
        };

        Assert.EndsWith(
            "40 frames of 50 sent (12.3/s), 37 stored, refused 3 (duplicate 1, late 2), lost 10; "
            + "5 volumes (1 with planes missing), 2 restored, 2 waiting, skipped 1 (cancelled 1), lag 2 min 5 s; disk: 1.5 GiB free, 45 min 0 s at this rate",
            Lines(status)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Text_from_the_wire_does_not_reach_the_terminal_as_it_came() =>
        Assert.DoesNotContain(Lines(AppStatuses.At(1, RunState.Scanning, "said \u001b]0;title\u0007")), line => line.Any(char.IsControl));

    private static string[] Lines(params RunStatus[] statuses)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var reporter = new PlainReporter(output);
        foreach (RunStatus status in statuses) reporter.Show(status);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
