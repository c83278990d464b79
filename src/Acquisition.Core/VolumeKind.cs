namespace Acquisition.Core;

/// <summary>Which of a run's datasets a volume belongs to.</summary>
public enum VolumeKind
{
    Raw,
    Restored,

    /// <summary>Standard errors of restored voxels, uint8; see <see cref="UncertaintyScale"/>.</summary>
    Uncertainty,
}

public static class VolumeKinds
{
    /// <summary>Extent of a scan's volumes of this kind.</summary>
    public static VolumeShape ShapeOf(this ScanPlan plan, VolumeKind kind) => kind == VolumeKind.Raw ? plan.Shape : plan.RestoredShape;

    public static PixelType PixelTypeOf(this ScanPlan plan, VolumeKind kind) => kind == VolumeKind.Uncertainty ? PixelType.UInt8 : plan.PixelType;

    public static VoxelSize VoxelSizeOf(this ScanPlan plan, VolumeKind kind) => kind == VolumeKind.Raw ? plan.VoxelSize : plan.RestoredVoxelSize;
}
