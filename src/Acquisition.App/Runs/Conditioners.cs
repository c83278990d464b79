using Acquisition.Conditioning;
using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>Makes what volumes go through before they are restored.</summary>
internal static class Conditioners
{
    /// <returns>Makes one for a scan, reading the camera's pictures; <see langword="null"/> when nothing is corrected. It throws an
    /// <see cref="AcquisitionException"/> when a picture cannot be read or does not fit the scan.</returns>
    public static Func<ScanPlan, IVolumeConditioner>? Of(ConditioningOptions options) =>
        options.IsWanted
            ? plan => new VolumeConditioner(plan, options, Read(options.DarkFile), Read(options.FlatFile))
            : null;

    private static CalibrationImage? Read(string? path) => path is null ? null : CalibrationFile.Read(path);
}
