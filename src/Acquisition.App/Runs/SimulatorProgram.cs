using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>Finds the simulator's program, which is installed apart from this one or beside it.</summary>
internal static class SimulatorProgram
{
    /// <summary>Names its path when it lies somewhere else.</summary>
    public const string Variable = "ACQUISITION_SIMULATOR";

    /// <param name="given">Path from the command line; <see langword="null"/> to look for it.</param>
    /// <param name="programFolder">Folder of this program.</param>
    /// <exception cref="SourceException">It is not there; the message lists where it was looked for.</exception>
    public static string Find(string? given, string? fromEnvironment, string programFolder)
    {
        string name = OperatingSystem.IsWindows() ? "hardware-sim.exe" : "hardware-sim";
        string[] places = given is not null ? [given]
            : !string.IsNullOrEmpty(fromEnvironment) ? [fromEnvironment]
            : [Path.Combine(programFolder, name), Path.GetFullPath(Path.Combine(programFolder, "..", "hardware-sim", name))];
        return places.FirstOrDefault(File.Exists) is { } found
            ? Path.GetFullPath(found)
            : throw new SourceException(
                $"The simulator is not at {string.Join(" or ", places)}. Give its path with --simulator or in {Variable}, "
                + "or run hardware-sim/demo.sh, which builds it.");
    }
}
