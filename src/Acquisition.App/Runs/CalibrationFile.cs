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
        var samples = new float[sums.Length];
        var plane = new TiffPlane(stack);
        for (int t = 0; t < stack.TimePoints; t++)
        {
            for (int c = 0; c < stack.Channels; c++)
            {
                for (int z = 0; z < stack.Shape.Z; z++)
                {
                    plane.Read(new FrameIndex(t, c, z), samples);
                    for (int i = 0; i < sums.Length; i++) sums[i] += samples[i];
                }
            }
        }

        double planes = (double)stack.TimePoints * stack.Channels * stack.Shape.Z;
        return new CalibrationImage(path, stack.Shape.Y, stack.Shape.X, sums.Select(sum => (float)(sum / planes)).ToArray());
    }
}
