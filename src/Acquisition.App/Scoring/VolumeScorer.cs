using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.App.Scoring;

/// <summary>Scores one volume by three methods against its original.</summary>
/// <param name="rounds">Rounds of back-projection of the projected picture.</param>
internal sealed class VolumeScorer(Factors factors, int rounds, int threads)
{
    /// <summary>Voxels left out at each border, where methods differ in what they assume beyond it.</summary>
    private const int Border = 4;

    /// <summary>All pictures are mapped by the original's own percentiles 0.1 and 99.99 to [0, 1], and clipped.</summary>
    /// <param name="missing">Scanned planes that never arrived; interpolated before enlarging, as the run does.</param>
    /// <param name="restored">In camera units, as stored.</param>
    public VolumeScores Score(VolumeIndex index, VolumeBuffer truth, VolumeBuffer acquired, ReadOnlySpan<int> missing, VolumeBuffer restored)
    {
        IntensityScale scale = IntensityScale.Measure(truth, []);
        using FloatVolume reference = Interior(Load(truth, [], scale));
        using FloatVolume coarse = Load(acquired, missing, scale);
        return new VolumeScores(
            index,
            Against(reference, Interior(Enlarged(coarse))),
            Against(reference, Interior(Projected(coarse))),
            Against(reference, Interior(Load(restored, [], scale))));
    }

    private static FloatVolume Load(VolumeBuffer volume, ReadOnlySpan<int> missing, IntensityScale scale)
    {
        var loaded = new FloatVolume(volume.Shape);
        VolumeConversion.Load(volume, missing, scale, loaded);
        return loaded;
    }

    private FloatVolume Enlarged(FloatVolume coarse)
    {
        var fine = new FloatVolume(coarse.Shape.Times(factors));
        Resampling.Enlarge(coarse, factors, fine, threads);
        return fine;
    }

    private FloatVolume Projected(FloatVolume coarse)
    {
        FloatVolume fine = Enlarged(coarse);
        BackProjection.Refine(coarse, fine, factors, rounds, floor: 0, threads);
        return fine;
    }

    private static Score Against(FloatVolume reference, FloatVolume picture)
    {
        using (picture) return new Score(Quality.Psnr(reference, picture), Quality.Ssim(reference, picture));
    }

    /// <summary>Cuts the border off and clips to [0, 1]; disposes what it was given.</summary>
    /// <remarks>Shallow volumes keep more: no border in z below 8 planes, an eighth of the depth up to 32.</remarks>
    private static FloatVolume Interior(FloatVolume whole)
    {
        using (whole)
        {
            VolumeShape shape = whole.Shape;
            int borderZ = Math.Min(Border, shape.Z / 8);
            if (shape.Y <= 2 * Border || shape.X <= 2 * Border)
                throw new DataFormatException($"A volume of {shape} is too small to be scored; more than {2 * Border} voxels in y and x are needed.");
            var interior = new FloatVolume(new VolumeShape(shape.Z - 2 * borderZ, shape.Y - 2 * Border, shape.X - 2 * Border));
            for (int z = 0; z < interior.Shape.Z; z++)
            {
                Span<float> from = whole.Plane(z + borderZ), to = interior.Plane(z);
                for (int y = 0; y < interior.Shape.Y; y++)
                {
                    Span<float> row = to.Slice(y * interior.Shape.X, interior.Shape.X);
                    from.Slice((y + Border) * shape.X + Border, row.Length).CopyTo(row);
                    foreach (ref float sample in row) sample = Math.Clamp(sample, 0f, 1f);
                }
            }

            return interior;
        }
    }
}
