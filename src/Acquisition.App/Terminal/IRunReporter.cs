using Acquisition.Core;

namespace Acquisition.App.Terminal;

/// <summary>Shows a run to a person while it goes on.</summary>
internal interface IRunReporter
{
    /// <summary>Called about five times a second, and once more when the run has ended; from one thread at a time.</summary>
    void Show(RunStatus status);
}
