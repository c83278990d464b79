using Acquisition.Core;
using Spectre.Console;

namespace Acquisition.App.Terminal;

/// <summary>Shows runs to a person as long as they go on.</summary>
internal static class RunDisplay
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Shows the newest run until all have ended. A screen that fails does not take the runs with it.</summary>
    /// <param name="running">Completes with the last of the runs; what it fails with is thrown.</param>
    /// <param name="newest">The run to show.</param>
    public static async Task ShowAsync<TRun>(Screen screen, Task running, Func<TRun> newest, Func<TRun, RunStatus> statusOf)
        where TRun : class
    {
        try
        {
            Task showing = screen.IsTerminal
                ? screen.Console.Live(new Text("")).StartAsync(display => PollAsync(() => new LiveReporter(display)))
                : PollAsync(() => new PlainReporter(screen.Output));
            await showing.ConfigureAwait(false);
        }
        finally
        {
            await running.ConfigureAwait(false);
        }

        async Task PollAsync(Func<IRunReporter> reporterOfRun)
        {
            TRun? shown = null;
            IRunReporter reporter = reporterOfRun();
            while (true)
            {
                bool last = running.IsCompleted;
                TRun run = newest();
                if (shown is not null && run != shown)
                {
                    reporter.Show(statusOf(shown));
                    if (!screen.IsTerminal) screen.Output.WriteLine("Going on with the scan that was announced meanwhile.");
                    reporter = reporterOfRun();
                }

                shown = run;
                reporter.Show(statusOf(shown));
                if (last) return;
                await Task.WhenAny(running, Task.Delay(PollEvery)).ConfigureAwait(false);
            }
        }
    }
}
