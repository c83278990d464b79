using Acquisition.App.Configuration;
using Acquisition.App.Terminal;

namespace Acquisition.App.Commands;

/// <summary>Says what is wrong with a configuration.</summary>
internal static class Faults
{
    /// <returns><see cref="ExitCode.Usage"/>.</returns>
    public static int Show(ConfigReading reading, Screen screen)
    {
        foreach (ConfigFault fault in reading.Faults) screen.Error.WriteLine(TerminalText.Plain(fault.ToString()));
        screen.Complain(reading.Faults.Length == 1 ? "1 fault; nothing was started" : $"{reading.Faults.Length} faults; nothing was started");
        return ExitCode.Usage;
    }
}
