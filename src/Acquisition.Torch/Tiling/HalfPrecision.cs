using Acquisition.Restoration;
using Acquisition.Restoration.Training;

namespace Acquisition.Torch.Tiling;

/// <summary>Finds out whether a model keeps its digits in half precision.</summary>
internal static class HalfPrecision
{
    /// <summary>Of the largest sample.</summary>
    private const double Tolerance = 1e-3;

    private const long Voxels = 1 << 16;

    /// <summary>Compares both precisions on the part of a volume with the most structure.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    public static bool Keeps(ITileRunner runner, FloatVolume volume)
    {
        using FloatVolume? region = TuningRegion.Of(volume, Voxels);
        FloatVolume judged = region ?? volume;
        var tile = Tile.Whole(judged.Shape);
        using ITileRun full = runner.Start(judged, tile, ensemble: false, flipZ: false, isHalf: false);
        ReadOnlySpan<float> wanted = full.Wait();
        using ITileRun half = runner.Start(judged, tile, ensemble: false, flipZ: false, isHalf: true);
        ReadOnlySpan<float> found = half.Wait();
        SampleRange range = SampleRange.Of(judged);
        double allowed = Tolerance * Math.Max(Math.Abs(range.Min), Math.Abs(range.Max));
        for (int i = 0; i < wanted.Length; i++)
        {
            // What is no number is not allowed either.
            if (!(Math.Abs(wanted[i] - found[i]) <= allowed)) return false;
        }
        return true;
    }
}
