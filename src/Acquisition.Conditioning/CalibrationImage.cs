using Acquisition.Core;

namespace Acquisition.Conditioning;

/// <summary>A picture that says something of each pixel of the camera.</summary>
/// <param name="Name">Where it comes from, for people.</param>
/// <param name="Pixels">(y, x), camera units.</param>
public sealed record CalibrationImage(string Name, int Height, int Width, ReadOnlyMemory<float> Pixels)
{
    /// <exception cref="ScanRefusedException">The scan's frames have another size.</exception>
    internal void RequireFits(ScanPlan plan)
    {
        if (Height == plan.Shape.Y && Width == plan.Shape.X) return;
        throw new ScanRefusedException(
            $"Scan {plan.ScanId} has frames of {plan.Shape.Y}×{plan.Shape.X}; '{Name}' is {Height}×{Width}. Record it with the scan's region and binning.");
    }

    /// <summary>Makes sure that samples can be divided by it.</summary>
    /// <exception cref="DataFormatException">A pixel is zero, negative or not finite.</exception>
    public void RequirePositive()
    {
        int bad = 0, first = 0;
        ReadOnlySpan<float> pixels = Pixels.Span;
        for (int i = pixels.Length - 1; i >= 0; i--)
        {
            if (pixels[i] > 0 && float.IsFinite(pixels[i])) continue;
            bad++;
            first = i;
        }

        if (bad > 0)
            throw new DataFormatException(
                $"'{Name}' has {bad} pixel(s) that are not above zero, the first at y {first / Width}, x {first % Width}; samples are divided by it. "
                + "Give an evenly lit field with the offset taken off, without dead pixels.");
    }
}
