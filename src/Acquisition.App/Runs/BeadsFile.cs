using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Storage.Tiff;

namespace Acquisition.App.Runs;

/// <summary>A stack of beads that is kept as TIFF.</summary>
internal static class BeadsFile
{
    /// <summary>Reads the first time point and channel.</summary>
    /// <param name="otherwise">Voxel size of a file that does not tell its own.</param>
    /// <returns>The stack, for the caller to dispose.</returns>
    /// <exception cref="AcquisitionException">The file cannot be read, or is no TIFF that is accepted.</exception>
    public static (FloatVolume Stack, VoxelSize Voxel) Read(string path, VoxelSize otherwise)
    {
        using TiffStack file = TiffStack.Open(path);
        var volume = new FloatVolume(file.Shape);
        var plane = new TiffPlane(file);
        for (int z = 0; z < file.Shape.Z; z++) plane.Read(new FrameIndex(0, 0, z), volume.Plane(z));

        return (volume, file.VoxelSize ?? otherwise);
    }

    /// <summary>What speaks against a file, found before a scan; <see langword="null"/> for nothing.</summary>
    public static string? WhyUnreadable(string path)
    {
        try
        {
            using TiffStack file = TiffStack.Open(path);
            return file.Shape.Z > 1 ? null : $"{path} has a single plane; a stack of beads is needed";
        }
        catch (AcquisitionException fault)
        {
            return fault.Message.TrimEnd('.');
        }
    }
}
