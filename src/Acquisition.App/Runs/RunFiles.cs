using Acquisition.Storage.Reporting;

namespace Acquisition.App.Runs;

/// <summary>Names of what lies in a run folder.</summary>
internal static class RunFiles
{
    public static string Report(string folder) => Path.Combine(folder, "report.json");

    public static string Page(string folder) => Path.Combine(folder, RunPage.FileName);

    public static string Settings(string folder) => Path.Combine(folder, "run.yaml");

    public static string Raw(string folder) => Path.Combine(folder, "raw.zarr");

    public static string Restored(string folder) => Path.Combine(folder, "restored.zarr");

    public static string Models(string folder) => Path.Combine(folder, "models");
}
