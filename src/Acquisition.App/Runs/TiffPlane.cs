using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.App.Runs;

/// <summary>Planes of a TIFF as numbers, whatever type they have in the file.</summary>
internal sealed class TiffPlane(TiffStack stack)
{
    private readonly byte[] _bytes = new byte[stack.Shape.PlaneVoxels * stack.PixelType.Bytes()];

    /// <param name="samples">Receives the plane, (y, x).</param>
    public void Read(FrameIndex index, Span<float> samples)
    {
        stack.ReadPlane(index, _bytes);
        SampleBytes.ToFloat(_bytes, stack.PixelType, samples);
    }
}
