namespace Acquisition.Restoration;

/// <summary>A stream that says of each restored voxel how far it is to be doubted, without a truth.</summary>
public interface IDoubtingRestorer : IPlaneRestorer
{
    /// <summary>Of the volume that was completed last, on the restored grid; in units of <see cref="DoubtScale.Largest"/>, 0 for no doubt. Valid until the
    /// next volume's first plane.</summary>
    FloatVolume Doubt { get; }
}
