using System.Globalization;
using Acquisition.Core;

namespace Acquisition.App.Terminal;

/// <summary>Progress for a log or a pipe: a line when something happens, and a summary every few seconds.</summary>
internal sealed class PlainReporter(TextWriter output) : IRunReporter
{
    /// <summary>Rate of the summary: readable in a terminal, and 720 lines an hour in a log.</summary>
    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(5);

    private RunStatus? _last;
    private TimeSpan _lastSummary;

    public void Show(RunStatus status)
    {
        if (status.State != _last?.State) Line(status, StatusText.State(status));
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

        long restored = _last?.Volumes.Restored ?? 0;
        if (status.Volumes.Restored > restored)
            Line(status, string.Create(CultureInfo.InvariantCulture, $"restored volume {status.Volumes.Restored}, lag {StatusText.Lag(status.Lag)}"));

        if (status.State is not (RunState.Waiting or RunState.Finished) && status.Elapsed - _lastSummary >= SummaryEvery)
        {
            Line(status, $"{StatusText.Frames(status)}; {StatusText.Volumes(status)}");
            if (status.Tuning is { } tuning) Line(status, "tuning: " + StatusText.Tuning(tuning));
            _lastSummary = status.Elapsed;
        }

        _last = status;
    }

    private void Line(RunStatus status, string text) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{status.Elapsed.TotalSeconds,7:0.0} s] {text}"));
}
