using System.Xml.Linq;
using Acquisition.Core;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

// What each section says.
public static partial class RunPage
{
    private static XElement Head(RunReport report, string title)
    {
        RunStatus status = report.Status;
        string outcome = status.Outcome is { } known ? Say.Word(known) : "unfinished";
        TimingSummary? lag = report.Timings.FirstOrDefault(timing => timing.Stage == "last frame to restored");
        ModelStatus? model = status.Models.LastOrDefault(m => m.HeldOutDb is not null);
        return El("header",
            El("p", Class("kind"), "Run report"),
            El("h1", title),
            El("p", Class(IsGood(status.Outcome) ? "outcome good" : "outcome bad"), El("b", outcome), $" – {status.Reason}"),
            El("div", Class("tiles"),
                Tile("volumes restored", El("span", Number("volumes.restored", status.Volumes.Restored), " of ", Number("volumes.assembled", status.Volumes.Assembled))),
                Tile("frames stored", El("span", Number("frames.stored", status.Frames.Stored), " of ", Number("frames.received", status.Frames.Received))),
                lag is null ? null : Tile("lag, median", El("span", Say.Milliseconds(lag.P50Ms)), $"95 % within {Say.Milliseconds(lag.P95Ms)}"),
                model is { HeldOutDb: { } reached, ProjectedDb: { } projected }
                    ? Tile("held-out gain", El("span", Say.Decibels(reached - projected)), "over projected interpolation")
                    : null,
                Tile("duration", Number("elapsed_s", status.Elapsed.TotalSeconds, Say.Duration(status.Elapsed)))));
    }

    private static IEnumerable<XElement> Account(RunReport report)
    {
        FrameLedger frames = report.Status.Frames;
        VolumeLedger volumes = report.Status.Volumes;
        yield return El("p",
            $"{Say.Count(frames.Received)} frames were received = {Say.Count(frames.Stored)} stored + {Say.Reasons(frames.Refused, "refused")}"
            + (frames.InFlight > 0 ? $" + {Say.Count(frames.InFlight)} in flight. " : ". ")
            + $"{Say.Count(volumes.Assembled)} volumes were assembled = {Say.Count(volumes.Restored)} restored + {Say.Count(volumes.Pending)} pending + {Say.Reasons(volumes.Skipped, "skipped")}. ",
            report.LedgerCloses ? El("b", "The ledger closes: every frame and every volume is accounted for.") : El("b", Class("bad"), "The ledger does not close."));
        if (frames.Sent is { } sent)
            yield return El("p", $"The source says it sent {Say.Count(sent)} frames; {Say.Count(frames.LostMessages)} messages were lost on the way.");

        if (report.Status.RefusedClients is > 0 and var refused)
            yield return El("p", $"{Say.Count(refused)} tries to feed the run or to listen to it were refused for want of a key.");

        yield return Table(["frames", "", "volumes", ""],
        [
            ["received", Number("frames.received", frames.Received), "assembled", Number("volumes.assembled", volumes.Assembled)],
            ["stored", Number("frames.stored", frames.Stored), "of these with planes missing", Number("volumes.incomplete", volumes.Incomplete)],
            ["refused", Number("frames.refused", frames.RefusedTotal), "restored", Number("volumes.restored", volumes.Restored)],
            ["messages lost on the way", Number("frames.lost_messages", frames.LostMessages), "pending", Number("volumes.pending", volumes.Pending)],
            ["messages repeated", Number("frames.repeated_messages", frames.RepeatedMessages), "skipped", Number("volumes.skipped", volumes.Skipped.Values.Sum())],
            ["messages out of order", Number("frames.disordered_messages", frames.DisorderedMessages), "provisional, published", Number("volumes.previews", volumes.Previews)],
        ]);
        (string Kind, string Key, IEnumerable<KeyValuePair<string, long>> Counts)[] reasons =
        [
            ("frame refused", "frames.refused", frames.Refused), ("message refused", "frames.refused_messages", frames.RefusedMessages),
            ("volume skipped", "volumes.skipped", volumes.Skipped),
        ];
        object[][] rows = [.. reasons.SelectMany(r => r.Counts.Select(count => (object[])[r.Kind, count.Key, Number($"{r.Key}.{count.Key}", count.Value)]))];
        if (rows.Length > 0) yield return Table(["what", "reason", "count"], rows);
    }

    private static IEnumerable<XElement?> Quality(RunReport report, RunStory story, StoryClock clock)
    {
        if (report.Scores is { } scores)
        {
            yield return El("h3", "Against the originals");
            object[] Row(string of, Score cubic, Score projected, Score restored) => [of, Show(cubic), Show(projected), Show(restored)];
            yield return Table(["volume", "cubic", "projected", "restored"],
            [
                .. scores.Volumes.Take(RunStory.MostRows).Select(v => Row(v.Index.ToString(), v.Cubic, v.Projected, v.Restored)),
                Row($"mean of {scores.Volumes.Length}", scores.Cubic, scores.Projected, scores.Restored),
            ]);
            yield return El("p", Class("note"), "PSNR and structural similarity; higher is better.");
        }

        Chart predicted = new() { YLabel = "PSNR (dB)" }, gauge = new() { YLabel = "gauge", Shows = [0, 1] };
        foreach (var channel in story.Restored.Where(v => v.Gauge is not null).GroupBy(v => v.Index.C).OrderBy(g => g.Key).Take(2))
        {
            string of = story.Stored.Count <= 1 ? "" : $", channel {channel.Key}";
            predicted.AddLine("model" + of, channel.Select(v => (clock.Seconds(v.At), v.Gauge!.Value.ModelDb)));
            predicted.AddLine("projected" + of, channel.Select(v => (clock.Seconds(v.At), v.Gauge!.Value.ProjectedDb)));
            gauge.AddLine("gauge" + of, channel.Select(v => (clock.Seconds(v.At), v.Gauge!.Value.Carries)));
        }

        if (predicted.IsEmpty) yield break;
        foreach (var (at, drift) in story.Drifts) gauge.AddEvent(clock.Seconds(at), drift.IsRefreshed ? "drift, tuned again" : "drift");
        yield return El("h3", "Each volume predicted from its own shrunk copy");
        yield return predicted.Legend();
        yield return predicted.Draw();
        yield return El("h3", "Gauge over time");
        yield return El("p", Class("note"),
            "By what the detail that the model adds should be multiplied: 1 is just right; below 0.5, leaving it out comes closer to the truth.");
        yield return gauge.Legend();
        yield return gauge.Draw();
    }

    private static IEnumerable<XElement?> Lag(RunStory story, StoryClock clock)
    {
        var chart = new Chart { YLabel = "lag (s)", MayBeLogarithmic = true, Shows = [0] };
        foreach (var channel in story.Restored.GroupBy(v => v.Index.C).OrderBy(g => g.Key).Take(4))
            chart.AddLine($"channel {channel.Key}", channel.Select(v => (clock.Seconds(v.At), v.Lag.TotalSeconds)));
        if (chart.IsEmpty) yield break;
        foreach (var (model, number) in story.Models.Select((m, i) => (m, i + 1)).Take(12)) chart.AddEvent(clock.Seconds(model.At), $"model {number}");
        yield return El("p", Class("note"), "From a volume's last frame to its restoration, at the time at which it was stored.");
        yield return chart.Legend();
        yield return chart.Draw();
    }

    private static IEnumerable<XElement> Timings(RunReport report)
    {
        if (report.Timings.IsEmpty) yield break;
        yield return Table(["stage", "times", "median", "95 % within", "99 % within", "longest"],
            [.. report.Timings.Select(timing => (object[])[timing.Stage, Number($"timings.{timing.Stage}.count", timing.Count), .. Percentiles($"timings.{timing.Stage}", timing)])]);
    }

    private static IEnumerable<XElement> Queues(RunStatus status)
    {
        if (status.Queues.IsEmpty) yield break;
        yield return Table(["queue", "without room", "high-water mark", "budget", "¾ full", "no room", "dropped", "waited: median", "95 % within", "99 % within", "longest"],
        [
            .. status.Queues.Select(queue => (object[])
            [
                queue.Name, queue.Policy, Number($"queues.{queue.Name}.high_water_bytes", queue.HighWaterBytes, Say.Bytes(queue.HighWaterBytes)),
                Number($"queues.{queue.Name}.budget_bytes", queue.BudgetBytes, Say.Bytes(queue.BudgetBytes)),
                Number($"queues.{queue.Name}.times_high", queue.TimesHigh), Number($"queues.{queue.Name}.times_full", queue.TimesFull),
                Number($"queues.{queue.Name}.dropped", queue.Dropped),
                .. queue.TimeInQueue is { } time ? Percentiles($"queues.{queue.Name}.time_in_queue", time) : ["–", "–", "–", "–"],
            ]),
        ]);
    }

    private static IEnumerable<XElement> States(RunReport report, RunStory story, StoryClock clock)
    {
        if (story.States.Count == 0) yield break;
        var ends = story.States.Skip(1).Select(next => next.At).Append(report.FinishedAt);
        yield return Table(["since", "state", "lasted", "reason"],
        [
            .. story.States.Zip(ends, (row, end) => (object[])
                [clock.Since(row.At), Say.Word(row.State.State), Say.Duration(end > row.At ? end - row.At : TimeSpan.Zero), row.State.Reason]),
        ]);
    }

    private static IEnumerable<XElement> Models(RunStatus status, RunStory story, StoryClock clock)
    {
        object[] Row(string at, ModelStatus model) =>
        [
            at, $"{model.Channel}", model.Method, model.Reason, $"t{model.FromTimePoint} on", Say.Decibels(model.HeldOutDb), Say.Decibels(model.ProjectedDb),
            model.Steps > 0 ? $"{model.Steps} steps, {Say.Duration(model.TuningTime)}" : "–", Hash(model.ModelSha256),
        ];
        object[][] rows = story.Models.Count > 0
            ? [.. story.Models.Select(m => Row(clock.Since(m.At), m.Model))]
            : [.. status.Models.Select(m => Row("", m))];
        if (rows.Length > 0) yield return Table(["since", "channel", "method", "why", "restores", "held-out", "projected", "tuning", "weights"], rows);
        if (story.Snapshots.Count > 0)
        {
            yield return El("h3", "Snapshots during tuning");
            yield return Table(["since", "channel", "step", "held-out", "projected", "weights"],
            [
                .. story.Snapshots.Select(s => (object[])
                [
                    clock.Since(s.At), $"{s.Snapshot.Channel}", Say.Count(s.Snapshot.Step), Say.Decibels(s.Snapshot.HeldOutDb), Say.Decibels(s.Snapshot.ProjectedDb),
                    Hash(s.Snapshot.ModelSha256),
                ]),
            ]);
        }

        if (story.Drifts.Count > 0)
        {
            yield return El("h3", "Drift");
            yield return Table(["since", "volume", "gauge", "on its first volumes", "tuned again"],
            [
                .. story.Drifts.Select(d => (object[])
                    [clock.Since(d.At), d.Drift.Index.ToString(), Say.Number(d.Drift.Carries), Say.Number(d.Drift.Reference), d.Drift.IsRefreshed ? "yes" : "no"]),
            ]);
        }
    }

    private static IEnumerable<XElement> Warnings(RunReport report, RunStory story, StoryClock clock)
    {
        // The ledger knows when; what it lacks, such as a disk that refused it, the report still has.
        string[] others = [.. report.Warnings.Except(story.Warnings.Select(w => w.Message)).Take(RunStory.MostRows)];
        object[][] rows = [.. story.Warnings.Select(w => (object[])[clock.Since(w.At), w.Message]), .. others.Select(text => (object[])["", text])];
        if (rows.Length > 0) yield return Table(["since", "what"], rows);
        if (story.WarningCount > story.Warnings.Count) yield return El("p", Class("note"), $"{Say.Count(story.WarningCount)} in all; the ledger has every one.");
    }

    private static IEnumerable<XElement> Scan(ScanPlan plan)
    {
        yield return Table(["", ""],
        [
            ["scan", plan.ScanId.ToString()], ["microscope", plan.Mode], ["stream", plan.Stream], ["channels", string.Join(", ", plan.Channels)],
            ["time points", plan.TimePoints is { } planned ? Say.Count(planned) : "open-ended"],
            ["acquired (z, y, x)", $"{plan.Shape}, {plan.PixelType.Name()}, voxel {plan.VoxelSize}"],
            ["restored (z, y, x)", $"{plan.RestoredShape}, voxel {plan.RestoredVoxelSize}, undersampling {plan.Undersampling}"],
            ["interval", plan.Interval is { } interval ? Say.Duration(interval) : "not announced"],
            ["exposure", plan.Exposure is { } exposure ? Say.Milliseconds(exposure.TotalMilliseconds) : "not announced"],
            ["objective", plan.Objective ?? "not announced"],
        ]);
        if (plan.UserJson is not ("{}" or "")) yield return El("details", El("summary", "What the source adds"), El("pre", plan.UserJson));
    }

    private static IEnumerable<XElement> Settings(string folder)
    {
        string path = Path.Combine(folder, SettingsFile);
        if (!File.Exists(path)) yield break;
        using var file = new StreamReader(path);
        var text = new char[MostSettingsBytes];
        int length = file.ReadBlock(text);
        yield return El("details", El("summary", "run.yaml, every setting with the value that was used"), El("pre", new string(text, 0, length)));
    }

    private static XElement Table(string[] heads, object[][] rows) => El("div", Class("table"), El("table",
        heads.Any(head => head.Length > 0) ? El("thead", El("tr", heads.Select((head, i) => El("th", NumberClass(rows[0][i]), head)))) : null,
        El("tbody", rows.Select(row => El("tr", row.Select(cell => El("td", NumberClass(cell) ?? ShortClass(cell), cell)))))));

    /// <summary>Numbers stand to the right, under one another.</summary>
    private static XAttribute? NumberClass(object cell) => cell is XElement { Name.LocalName: "data" } ? Class("number") : null;

    /// <summary>What is short stays on one line; the rest of a row gives way.</summary>
    private static XAttribute? ShortClass(object cell) => cell is string { Length: <= 20 } ? Class("short") : null;

    private static XElement Tile(string name, XElement value, string note = "") =>
        El("div", Class("tile"), El("span", Class("name"), name), El("strong", value), El("span", Class("name"), note));

    private static object[] Percentiles(string key, TimingSummary timing) =>
    [
        Number($"{key}.p50_ms", timing.P50Ms, Say.Milliseconds(timing.P50Ms)), Number($"{key}.p95_ms", timing.P95Ms, Say.Milliseconds(timing.P95Ms)),
        Number($"{key}.p99_ms", timing.P99Ms, Say.Milliseconds(timing.P99Ms)), Number($"{key}.max_ms", timing.MaxMs, Say.Milliseconds(timing.MaxMs)),
    ];

    private static string Show(Score score) => $"{Say.Decibels(score.PsnrDb)}, {score.Ssim.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)}";

    private static object Hash(string sha256) => sha256.Length > 12 ? El("code", At("title", sha256), sha256[..12]) : "–";

    private static bool IsGood(RunOutcome? outcome) => outcome is RunOutcome.Completed or RunOutcome.Cancelled or RunOutcome.Superseded;
}
