using Acquisition.Conditioning;
using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>Makes what corrects the volumes of a scan, from settings and the files that they name.</summary>
internal static class Conditioners
{
    /// <returns>Reads the files at each call; <see langword="null"/> when nothing is to be corrected.</returns>
    public static Func<ScanPlan, IVolumeConditioner>? Of(ConditioningOptions options) => !options.IsWanted ? null : plan =>
        new VolumeConditioner(plan, options, Read(options.DarkFile), Read(options.FlatFile));

    private static CalibrationImage? Read(string? file) => file is null ? null : CalibrationFile.Read(file);
}
