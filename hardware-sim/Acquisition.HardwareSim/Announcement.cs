using Acquisition.Core;

namespace Acquisition.HardwareSim;

/// <summary>Who announces a scan, and how fast it will go.</summary>
internal sealed record Announcement
{
    public required Guid ScanId { get; init; }

    /// <summary>The stream's name on the wire: [a-z0-9-]{1,32}.</summary>
    public required string Stream { get; init; }

    /// <summary>Time from the start of one volume to that of the next; <see langword="null"/> when volumes follow at once.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>A plan for one time point of one channel, sampled <paramref name="factors"/> times coarser than a fine grid.</summary>
    /// <param name="fine">Extent of the fine grid; each axis a multiple of its factor.</param>
    /// <param name="fineVoxel">Voxel size of the fine grid.</param>
    public ScanPlan Plan(VolumeShape fine, VoxelSize fineVoxel, Factors factors, PixelType type) => new()
    {
        ScanId = ScanId,
        Stream = Stream,
        TimePoints = 1,
        Shape = new(fine.Z / factors.Z, fine.Y / factors.Y, fine.X / factors.X),
        PixelType = type,
        VoxelSize = new()
        {
            ZUm = fineVoxel.ZUm * factors.Z,
            YUm = fineVoxel.YUm * factors.Y,
            XUm = fineVoxel.XUm * factors.X,
        },
        Undersampling = factors,
        Mode = "other",
        Channels = ["c0"],
        Interval = Interval,
    };
}
