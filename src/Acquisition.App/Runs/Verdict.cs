using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>Says of a finished run whether it went well.</summary>
internal static class Verdict
{
    /// <summary>A source that was lost in mid-scan ends a run as cleanly as one that says so; one that never came is a failure. So does a
    /// run that was cut off and has been resumed.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Of(RunReport report) => report.LedgerCloses && report.Status.Outcome switch
    {
        RunOutcome.Completed or RunOutcome.Cancelled or RunOutcome.Superseded or RunOutcome.Interrupted => true,
        RunOutcome.SourceLost => report.Status.Plan is not null,
        _ => false,
    } ? ExitCode.Ok : ExitCode.Failed;
}
