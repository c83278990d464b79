using Acquisition.Core;

namespace Acquisition.Restoration.Benchmarking;

/// <summary>A made-up specimen: point-like beads, blurred by a Gaussian and averaged over the voxels of the acquired grid.</summary>
/// <remarks>Drawn by its formula on the acquired grid, so nothing that restores has a part in it, and no fine volume is held.</remarks>
internal static class Beads
{
    /// <summary>Fine voxels for each bead.</summary>
    private const double VoxelsPerBead = 35_000;

    /// <summary>Standard deviations of the blur, fine voxels.</summary>
    private const double SigmaZ = 4;
    private const double SigmaLateral = 2;

    /// <summary>Where the blur is cut off, fine voxels.</summary>
    private const int Reach = 12;

    private const int GreyLevels = 255;

    /// <returns>Samples in [0, 1], rounded to 8 bits; the largest is 1. Owned by the caller.</returns>
    public static FloatVolume Draw(VolumeShape acquired, Factors factors, Random random)
    {
        var volume = new FloatVolume(acquired);
        VolumeShape fine = acquired.Times(factors);
        long beads = Math.Max(1, (long)Math.Round(fine.Voxels / VoxelsPerBead));
        for (long i = 0; i < beads; i++)
        {
            Profile z = Axis(random.NextDouble() * fine.Z, SigmaZ, factors.Z, acquired.Z);
            Profile y = Axis(random.NextDouble() * fine.Y, SigmaLateral, factors.Y, acquired.Y);
            Profile x = Axis(random.NextDouble() * fine.X, SigmaLateral, factors.X, acquired.X);
            for (int iz = 0; iz < z.Values.Length; iz++)
            {
                Span<float> plane = volume.Plane(z.First + iz);
                for (int iy = 0; iy < y.Values.Length; iy++)
                {
                    Span<float> row = plane.Slice((y.First + iy) * acquired.X + x.First, x.Values.Length);
                    double light = z.Values[iz] * y.Values[iy];
                    for (int ix = 0; ix < row.Length; ix++) row[ix] += (float)(light * x.Values[ix]);
                }
            }
        }
        Digitize(volume);
        return volume;
    }

    private static Profile Axis(double centre, double sigma, int factor, int length)
    {
        int first = Math.Max(0, (int)Math.Floor((centre - Reach) / factor)), end = Math.Min(length, (int)Math.Ceiling((centre + Reach) / factor));
        var values = new double[end - first];
        for (int i = 0; i < values.Length * factor; i++)
        {
            double distance = first * factor + i + 0.5 - centre;
            if (Math.Abs(distance) <= Reach) values[i / factor] += Math.Exp(-0.5 * distance * distance / (sigma * sigma)) / factor;
        }
        return new(first, values);
    }

    private static void Digitize(FloatVolume volume)
    {
        float max = 0;
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (float sample in volume.Plane(z)) max = Math.Max(max, sample);
        }
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (ref float sample in volume.Plane(z)) sample = MathF.Round(sample / max * GreyLevels) / GreyLevels;
        }
    }

    /// <summary>A bead along one axis: which samples it reaches, and how bright they are.</summary>
    private readonly record struct Profile(int First, double[] Values);
}
