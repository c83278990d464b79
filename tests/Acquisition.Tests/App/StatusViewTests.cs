using System.Collections.Immutable;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class StatusViewTests
{
    [Fact]
    public void The_live_view_shows_tuning_frames_and_volumes_and_no_markup_from_the_wire()
    {
        RunStatus status = AppStatuses.At(30, RunState.Scanning) with
        {
            Tuning = AppStatuses.Tuning(300),
            Frames = new FrameLedger { Received = 7, Stored = 7 },
            Queues = [new QueueStatus("raw", "wait", 2, 3 << 20, 4 << 20, 8 << 20, 0) { Alarm = QueueAlarm.Full }],
            FreeBytes = 5L << 29,
            DiskTimeLeft = TimeSpan.FromHours(3),
        };

        string text = Shown(screen => screen.Console.Write(StatusView.Of(status)));

        Assert.Contains(new string('█', 15) + new string('░', 15), text, StringComparison.Ordinal);
        Assert.Contains("30 s left", text, StringComparison.Ordinal);
        Assert.Contains("7 frames", text, StringComparison.Ordinal);
        Assert.Contains("GFP[bold]", text, StringComparison.Ordinal);
        Assert.Contains("raw: 2 waiting, 3 of 8 MiB, 0 dropped; ALARM: no room left", text, StringComparison.Ordinal);
        Assert.Contains("2.5 GiB free, 3 h 0 min at this rate", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_shows_scores_per_volume_and_mean_and_whether_the_ledger_closes()
    {
        var volume = new VolumeScores(new VolumeIndex(2, 1), new Score(30.125, 0.8), new Score(31, 0.85), new Score(32.5, 0.9));
        RunReport report = new()
        {
            Status = AppStatuses.At(60, RunState.Finished) with
            {
                Outcome = RunOutcome.Completed,
                Frames = new FrameLedger { Received = 3, Stored = 2, Refused = ImmutableSortedDictionary<string, long>.Empty.Add("late", 1), Sent = 3 },
                Queues =
                [
                    new QueueStatus("raw", "wait", 0, 0, 4 << 20, 8 << 20, 0)
                    {
                        TimesHigh = 3, TimesFull = 1, TimeInQueue = new TimingSummary("wait in queue 'raw'", 7, 1, 2, 3, 4),
                    },
                ],
                Models = [new ModelStatus { Channel = 0, Method = "self-vision", Reason = "better", Steps = 600, TuningTime = TimeSpan.FromSeconds(75), HeldOutDb = 33 }],
            },
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
            Timings = [new TimingSummary("restore", 4, 10, 20, 30, 40)],
            Warnings = ["the [disk] is slow"],
        };

        string text = Shown(screen =>
        {
            screen.Console.Write(ResultView.Run(report, "/data/run"));
            screen.Console.Write(ResultView.Scores(new ScoreReport(volume.Cubic, volume.Projected, volume.Restored, [volume])));
        });

        foreach (string part in (string[])["t2 c1", "30.13 dB  0.8000", "32.50 dB  0.9000", "mean of 1", "75 s for 600 steps", "median 10 ms", "99 % within 30 ms", "at most 4 of 8 MiB; median 1 ms", "without room 1 times", "3 received = 2 stored + 1 (late 1) refused", "closes", "the [disk] is slow", "/data/run"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    private static string Shown(Action<Screen> show)
    {
        using var output = new StringWriter();
        show(new Screen(output, TextWriter.Null, isTerminal: false));
        return output.ToString();
    }
}
