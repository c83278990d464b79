using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.App.Scoring;

/// <summary>Scores one volume by three methods against its original.</summary>
/// <param name="rounds">Rounds of back-projection of the projected picture.</param>
internal sealed class VolumeScorer(Factors factors, int rounds, int threads)
{
    /// <summary>All pictures are mapped by the original's own percentiles 0.1 and 99.99 to [0, 1], and clipped.</summary>
    /// <param name="missing">Scanned planes that never arrived; interpolated before enlarging, as the run does.</param>
    /// <param name="restored">In camera units, as stored.</param>
    public VolumeScores Score(VolumeIndex index, VolumeBuffer truth, VolumeBuffer acquired, ReadOnlySpan<int> missing, VolumeBuffer restored)
    {
        IntensityScale scale = IntensityScale.Measure(truth, []);
        using FloatVolume reference = Load(truth, [], scale);
        Clip(reference);
        using FloatVolume coarse = Load(acquired, missing, scale);
        return new VolumeScores(
            index,
            Against(reference, Enlarged(coarse)),
            Against(reference, Projected(coarse)),
            Against(reference, Load(restored, [], scale)));
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
        using (picture)
        {
            Clip(picture);
            return new Score(Quality.Psnr(picture, reference), Quality.Ssim(picture, reference));
        }
    }

    private static void Clip(FloatVolume volume)
    {
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (ref float sample in volume.Plane(z)) sample = Math.Clamp(sample, 0f, 1f);
        }
    }
}
