using Acquisition.Core;

namespace Acquisition.Tests.Support;

/// <summary>Made-up statuses of a run, for what shows them.</summary>
internal static class AppStatuses
{
    public static ScanPlan Plan { get; } = new()
    {
        ScanId = new Guid("00000000-0000-0000-0000-000000000001"),
        Stream = "camera",
        TimePoints = 4,
        Shape = new VolumeShape(8, 32, 48),
        PixelType = PixelType.UInt16,
        VoxelSize = new VoxelSize { ZUm = 2, YUm = 1, XUm = 1 },
        Undersampling = new Factors(2, 2, 2),
        Mode = "light-sheet",
        Channels = ["GFP[bold]", "RFP\u001b[2J"],
    };

    public static RunStatus At(double seconds, RunState state, string reason = "because") =>
        new() { State = state, Reason = reason, Elapsed = TimeSpan.FromSeconds(seconds), Plan = state == RunState.Waiting ? null : Plan };

    public static TuningStatus Tuning(int step) => new()
    {
        Channel = 0,
        Stage = 0,
        Stages = 1,
        Step = step,
        Steps = 600,
        Loss = 0.0123,
        HeldOutDb = 34.5,
        CubicDb = 33.25,
        ProjectedDb = 34,
        Elapsed = TimeSpan.FromSeconds(step / 10.0),
        Remaining = TimeSpan.FromSeconds((600 - step) / 10.0),
    };
}
