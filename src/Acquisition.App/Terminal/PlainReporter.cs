using System.Globalization;
using Acquisition.Core;

namespace Acquisition.App.Terminal;

/// <summary>Progress for a log or a pipe: a line when something happens, and a summary every few seconds while it changes.</summary>
internal sealed class PlainReporter(TextWriter output) : IRunReporter
{
    /// <summary>Rate of the summary: readable in a terminal, and 720 lines an hour in a log.</summary>
    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(5);

    /// <summary>A summary that says the same as the last one only shows that the program lives.</summary>
    private static readonly TimeSpan SameSummaryEvery = TimeSpan.FromSeconds(30);

    private RunStatus? _last;
    private TimeSpan _lastSummary;
    private string _lastSummaryText = "";

    public void Show(RunStatus status)
    {
        if (status.State != _last?.State || status.Reason != _last.Reason) Line(status, StatusText.State(status));
        if (status.Plan is { } plan && _last?.Plan?.ScanId != plan.ScanId) Line(status, StatusText.Plan(plan));
        if (status.Tuning is null && _last?.Tuning is not null) Line(status, "tuning has ended");
        if (status.Tuning is not null && _last?.Tuning is null)
        {
            Line(status, "tuning: " + StatusText.Tuning(status.Tuning));
            _lastSummary = status.Elapsed;
        }

        foreach (ModelStatus model in status.Models)
        {
            if (_last is null || !_last.Models.Contains(model)) Line(status, StatusText.Model(model));
        }

        foreach (QueueStatus queue in status.Queues)
        {
            QueueAlarm before = _last?.Queues.FirstOrDefault(other => other.Name == queue.Name)?.Alarm ?? QueueAlarm.None;
            if (queue.Alarm != before) Line(status, $"queue {StatusText.Queue(queue)}{(queue.Alarm == QueueAlarm.None ? "; alarm over" : "")}");
        }

        long restored = _last?.Volumes.Restored ?? 0;
        if (status.Volumes.Restored > restored)
            Line(status, string.Create(CultureInfo.InvariantCulture, $"restored volume {status.Volumes.Restored}, lag {StatusText.Lag(status.Lag)}"));

        if (status.State != RunState.Finished) Summarize(status);
        _last = status;
    }

    private void Summarize(RunStatus status)
    {
        TimeSpan since = status.Elapsed - _lastSummary;
        if (since < SummaryEvery) return;
        string text = status switch
        {
            { State: RunState.Waiting, Frames: var frames } =>
                $"still waiting; messages refused {StatusText.Reasons(frames.RefusedMessages)}, frames refused {StatusText.Reasons(frames.Refused)}",
            { Tuning: { } tuning } => $"{StatusText.Frames(status)}; tuning: {StatusText.Tuning(tuning)}",
            _ => $"{StatusText.Frames(status)}; {StatusText.Volumes(status)}{Disk(status)}",
        };
        if (text == _lastSummaryText && since < SameSummaryEvery) return;
        Line(status, text);
        (_lastSummary, _lastSummaryText) = (status.Elapsed, text);
    }

    private static string Disk(RunStatus status) =>
        status is { FreeBytes: { } free, DiskTimeLeft: { TotalHours: < 24 } left } ? $"; disk: {StatusText.Disk(free, left)}" : "";

    private void Line(RunStatus status, string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{status.Elapsed.TotalSeconds,7:0.0} s] {text}"));
}
