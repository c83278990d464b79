using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Finds beads that stand alone.</summary>
internal sealed unsafe class BeadSearch
{
    /// <summary>More local maxima than this are not beads on a dark background.</summary>
    private const int MaxPeaks = 10_000;

    private readonly FloatVolume _volume;
    private readonly BeadOptions _options;
    private readonly (int Z, int Y, int X) _radius;

    public BeadSearch(FloatVolume volume, VoxelSize voxel, BeadOptions options)
    {
        (_volume, _options) = (volume, options);
        _radius = (Samples(options.AxialRadiusUm / voxel.ZUm), Samples(options.LateralRadiusUm / voxel.YUm), Samples(options.LateralRadiusUm / voxel.XUm));
    }

    /// <summary>Half-widths of what is cut out, in voxels.</summary>
    public (int Z, int Y, int X) Radius => _radius;

    /// <summary>Brightest voxels, after smoothing, of all beads that are neither near a border nor near another.</summary>
    /// <exception cref="RestorationException">Too few are left.</exception>
    public List<(int Z, int Y, int X)> Find()
    {
        VolumeShape shape = _volume.Shape;
        using FloatVolume smooth = Smooth();
        var peaks = Peaks(smooth);
        int atBorder = 0, crowded = 0;
        var usable = new List<(int Z, int Y, int X)>();
        foreach (var peak in peaks)
        {
            if (!IsInside(peak.Z, _radius.Z, shape.Z) || !IsInside(peak.Y, _radius.Y, shape.Y) || !IsInside(peak.X, _radius.X, shape.X)) atBorder++;
            else if (peaks.Any(other => other != peak && Reaches(peak, other))) crowded++;
            else usable.Add(peak);
        }
        return usable.Count >= _options.FewestBeads ? usable : throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
            $"A point spread function needs {_options.FewestBeads} beads that stand alone; of {peaks.Count} found in the {shape} volume, {usable.Count} do, "
            + $"{atBorder} lie within {_options.LateralRadiusUm} µm (axially {_options.AxialRadiusUm} µm) of a border, and {crowded} near another. "
            + $"Give a larger volume, sparser beads or smaller radii."));

        static bool IsInside(int at, int radius, int extent) => at >= radius && at < extent - radius;
    }

    /// <summary>Whether another bead's light lies in what is cut out around a bead.</summary>
    private bool Reaches((int Z, int Y, int X) bead, (int Z, int Y, int X) other) => Math.Abs(bead.Z - other.Z) <= 3 * _radius.Z / 2
        && Math.Abs(bead.Y - other.Y) <= 3 * _radius.Y / 2 && Math.Abs(bead.X - other.X) <= 3 * _radius.X / 2;

    /// <summary>From the brightest voxel down, each that is not in reach of one taken before and that none beside it outshines.</summary>
    private List<(int Z, int Y, int X)> Peaks(FloatVolume smooth)
    {
        VolumeShape shape = smooth.Shape;
        var (background, brightest) = Range(smooth);
        double least = background + _options.LeastBrightness * (brightest - background);
        var candidates = new List<(float Value, int Z, int Y, int X)>();
        if (brightest <= background) return [];
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                float* row = smooth.Row(z, y);
                for (int x = 0; x < shape.X; x++)
                {
                    if (row[x] >= least && IsMaximum(smooth, z, y, x)) candidates.Add((row[x], z, y, x));
                }
            }
        }
        var peaks = new List<(int Z, int Y, int X)>();
        foreach (var (_, z, y, x) in candidates.OrderByDescending(candidate => candidate.Value))
        {
            if (peaks.Exists(peak => Math.Abs(peak.Z - z) <= _radius.Z && Math.Abs(peak.Y - y) <= _radius.Y / 2 && Math.Abs(peak.X - x) <= _radius.X / 2)) continue;
            peaks.Add((z, y, x));
            if (peaks.Count > MaxPeaks) throw new RestorationException($"The {shape} volume has over {MaxPeaks} bright spots; beads on a dark background are expected.");
        }
        return peaks;
    }

    private static bool IsMaximum(FloatVolume volume, int z, int y, int x)
    {
        VolumeShape shape = volume.Shape;
        float value = volume.Row(z, y)[x];
        for (int k = Math.Max(z - 1, 0); k <= Math.Min(z + 1, shape.Z - 1); k++)
        {
            for (int j = Math.Max(y - 1, 0); j <= Math.Min(y + 1, shape.Y - 1); j++)
            {
                for (int i = Math.Max(x - 1, 0); i <= Math.Min(x + 1, shape.X - 1); i++)
                {
                    if (volume.Row(k, j)[i] > value) return false;
                }
            }
        }
        return true;
    }

    /// <summary>Means over 3×3×3 voxels, twice, so that noise makes few maxima of its own. What is not finite counts as 0.</summary>
    private FloatVolume Smooth()
    {
        VolumeShape shape = _volume.Shape;
        var smooth = new FloatVolume(shape);
        for (int z = 0; z < shape.Z; z++)
        {
            Span<float> to = smooth.Plane(z);
            _volume.Plane(z).CopyTo(to);
            foreach (ref float sample in to) sample = float.IsFinite(sample) ? sample : 0;
        }
        for (int pass = 0; pass < 2; pass++)
        {
            Mean(smooth, shape.Z, shape.PlaneVoxels, 1, shape.PlaneVoxels);
            Mean(smooth, shape.Y, shape.X, shape.Z, shape.X);
            Mean(smooth, shape.X, 1, shape.Z * shape.Y, 1);
        }
        return smooth;
    }

    /// <summary>Means of three neighbours along one axis; the outermost repeat.</summary>
    /// <param name="stride">Floats between neighbours.</param>
    /// <param name="inner">Lines that begin side by side, for each of the outer ones.</param>
    private static void Mean(FloatVolume volume, int extent, int stride, int outer, int inner)
    {
        var line = new float[extent];
        for (long o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                float* first = volume.Memory + (nint)o * extent * stride + i;
                for (int k = 0; k < extent; k++) line[k] = first[(nint)k * stride];
                for (int k = 0; k < extent; k++) first[(nint)k * stride] = (line[Math.Max(k - 1, 0)] + line[k] + line[Math.Min(k + 1, extent - 1)]) / 3;
            }
        }
    }

    private static (double Background, double Brightest) Range(FloatVolume volume)
    {
        var samples = new List<float>();
        float brightest = float.MinValue;
        // A plain median of every few voxels; beads are few, so they do not move it.
        long step = Math.Max(1, volume.Shape.Voxels / 1_000_000) | 1;
        for (long i = 0; i < volume.Shape.Voxels; i += step) samples.Add(volume.Memory[i]);
        for (long i = 0; i < volume.Shape.Voxels; i++) brightest = Math.Max(brightest, volume.Memory[i]);
        samples.Sort();
        return (samples[samples.Count / 2], brightest);
    }

    private static int Samples(double radius) => Math.Max(1, (int)Math.Round(radius));
}
