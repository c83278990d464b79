using System.Runtime.InteropServices;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.App.Runs;

/// <summary>Pictures of the camera that are kept as TIFF.</summary>
internal static class CalibrationFile
{
    /// <summary>Reads the mean over all planes of a file, so that a series of exposures gives a picture with less noise.</summary>
    /// <exception cref="AcquisitionException">The file cannot be read, or is no TIFF that is accepted.</exception>
    public static CalibrationImage Read(string path)
    {
        using TiffStack stack = TiffStack.Open(path);
        var sums = new double[stack.Shape.PlaneVoxels];
        var plane = new byte[sums.Length * stack.PixelType.Bytes()];
        for (int t = 0; t < stack.TimePoints; t++)
        {
            for (int c = 0; c < stack.Channels; c++)
            {
                for (int z = 0; z < stack.Shape.Z; z++)
                {
                    stack.ReadPlane(new FrameIndex(t, c, z), plane);
                    for (int i = 0; i < sums.Length; i++) sums[i] += Sample(plane, stack.PixelType, i);
                }
            }
        }

        double planes = (double)stack.TimePoints * stack.Channels * stack.Shape.Z;
        return new CalibrationImage(path, stack.Shape.Y, stack.Shape.X, sums.Select(sum => (float)(sum / planes)).ToArray());
    }

    private static double Sample(ReadOnlySpan<byte> plane, PixelType type, int index) => type switch
    {
        PixelType.UInt8 => plane[index],
        PixelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(plane)[index],
        _ => MemoryMarshal.Cast<byte, float>(plane)[index],
    };
}
