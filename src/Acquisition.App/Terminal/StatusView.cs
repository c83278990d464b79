using Acquisition.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acquisition.App.Terminal;

/// <summary>A run's status as a few lines of a terminal that are redrawn in place.</summary>
internal static class StatusView
{
    private const int BarWidth = 30;
    private static readonly TimeSpan LittleDiskTime = TimeSpan.FromHours(1);

    public static IRenderable Of(RunStatus status)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        void Row(string name, string text, string style = "default") =>
            grid.AddRow(new Markup($"[bold]{name}[/]"), new Markup($"[{style}]{TerminalText.Escaped(text)}[/]"));

        Row(StatusText.Word(status.State), $"{StatusText.Duration(status.Elapsed)}  {status.Reason}", status.State == RunState.Waiting ? "yellow" : "green");
        if (status.Plan is { } plan) Row("scan", StatusText.Plan(plan));
        if (status.Plan is null && !status.Frames.RefusedMessages.IsEmpty) Row("refused", StatusText.Reasons(status.Frames.RefusedMessages), "yellow");
        if (status.RefusedClients > 0) Row("refused", StatusText.RefusedClients(status.RefusedClients), "yellow");
        if (status.Tuning is { } tuning)
        {
            Row("tuning", $"{Bar(tuning)}  {StatusText.Duration(tuning.Remaining)} left");
            Row("", StatusText.Tuning(tuning));
        }

        if (status.Plan is not null)
        {
            Row("frames", StatusText.Frames(status), status.Frames.RefusedTotal + status.Frames.LostMessages > 0 ? "yellow" : "default");
            Row("volumes", StatusText.Volumes(status));
        }

        foreach (ModelStatus model in status.Models) Row("model", StatusText.Model(model));
        foreach (QueueStatus queue in status.Queues.Where(queue => queue.Depth > 0 || queue.Dropped > 0 || queue.Alarm != QueueAlarm.None))
            Row("queue", StatusText.Queue(queue), queue.Alarm switch { QueueAlarm.Full => "red", QueueAlarm.High => "yellow", _ => "default" });
        if (status.FreeBytes is { } free)
            Row("disk", StatusText.Disk(free, status.DiskTimeLeft), status.DiskTimeLeft < LittleDiskTime ? "yellow" : "default");

        return grid;
    }

    private static string Bar(TuningStatus tuning)
    {
        double done = (tuning.Stage + (double)tuning.Step / Math.Max(1, tuning.Steps)) / Math.Max(1, tuning.Stages);
        int filled = (int)Math.Round(Math.Clamp(done, 0, 1) * BarWidth);
        return new string('█', filled) + new string('░', BarWidth - filled);
    }
}
