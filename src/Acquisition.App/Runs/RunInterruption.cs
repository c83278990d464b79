using Acquisition.App.Terminal;

namespace Acquisition.App.Runs;

/// <summary>What Ctrl-C says during a run.</summary>
internal static class RunInterruption
{
    /// <param name="beforeQuitting">Called when a second signal ends the process at once; must return soon.</param>
    public static Interruption Create(Screen screen, Action beforeQuitting) => new(
        () => screen.Error.WriteLine("acquisition: ending the scan; what came is stored and restored. Ctrl-C again quits at once."),
        beforeQuitting);
}
