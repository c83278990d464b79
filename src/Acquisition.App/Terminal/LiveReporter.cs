using Acquisition.Core;
using Spectre.Console;

namespace Acquisition.App.Terminal;

/// <summary>Progress for a terminal, redrawn in place.</summary>
internal sealed class LiveReporter(LiveDisplayContext display) : IRunReporter
{
    public void Show(RunStatus status)
    {
        display.UpdateTarget(StatusView.Of(status));
        display.Refresh();
    }
}
