using System.Numerics;
using Acquisition.Core;

namespace Acquisition.Restoration.Training;

/// <summary>Draws training crops uniformly, and draws again where a crop holds hardly any structure: on sparse volumes most would
/// teach nothing but background.</summary>
internal sealed class CropSampler
{
    /// <summary>A crop with less than this share of the volume's density of bright voxels counts as background.</summary>
    private const double PoorShare = 0.25;

    /// <summary>Background crops taken all the same, so that background is learned too.</summary>
    private const double PassThrough = 0.2;

    private const int MaxTries = 8;

    private readonly FloatVolume _volume;
    private readonly Random _random;
    private readonly bool _flipZ;
    private readonly bool _transpose;
    private readonly float _bright;
    private readonly double _brightShare;

    public CropSampler(FloatVolume volume, Factors factors, RestorationOptions options, Random random)
    {
        _volume = volume;
        _random = random;
        _flipZ = options.FlipZ && volume.Shape.Z > 1;
        _transpose = factors.Y == factors.X;
        Shape = CropShape(volume.Shape, factors, options);
        (double mean, double deviation) = Moments(volume);
        MeanSquare = mean * mean + deviation * deviation;
        _bright = (float)(mean + deviation);
        _brightShare = BrightShare(0, 0, 0, volume.Shape);
    }

    /// <summary>Extent of every crop.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Of the volume's samples.</summary>
    public double MeanSquare { get; }

    public Crop Next()
    {
        VolumeShape all = _volume.Shape;
        for (int attempt = 1; ; attempt++)
        {
            int z = _random.Next(all.Z - Shape.Z + 1), y = _random.Next(all.Y - Shape.Y + 1), x = _random.Next(all.X - Shape.X + 1);
            if (attempt < MaxTries && BrightShare(z, y, x, Shape) < PoorShare * _brightShare && _random.NextDouble() >= PassThrough)
                continue;
            return new(z, y, x, _flipZ && Coin(), Coin(), Coin(), _transpose && Coin());
        }
    }

    /// <summary>The options' crop, no larger than the volume, a multiple of the factors, square in the plane.</summary>
    private static VolumeShape CropShape(VolumeShape volume, Factors factors, RestorationOptions options)
    {
        int lateral = Math.Max(factors.Y, factors.X);
        int edge = Math.Min(options.CropEdgePx, Math.Min(volume.Y, volume.X)) / lateral * lateral;
        int planes = Math.Clamp(volume.Z / factors.Z, 1, options.CropPlanes) * factors.Z;
        return new(planes, edge, edge);
    }

    private bool Coin() => _random.Next(2) == 1;

    private unsafe double BrightShare(int z, int y, int x, VolumeShape box)
    {
        long count = 0;
        var bright = new Vector<float>(_bright);
        for (int iz = z; iz < z + box.Z; iz++)
        {
            for (int iy = y; iy < y + box.Y; iy++)
            {
                float* row = _volume.Row(iz, iy) + x;
                int ix = 0;
                var inRow = Vector<int>.Zero; // a comparison that holds is −1
                for (; ix <= box.X - Vector<float>.Count; ix += Vector<float>.Count)
                    inRow -= Vector.GreaterThan(Vector.Load(row + ix), bright);
                count += Vector.Sum(inRow);
                for (; ix < box.X; ix++) count += row[ix] > _bright ? 1 : 0;
            }
        }
        return (double)count / box.Voxels;
    }

    private static (double Mean, double Deviation) Moments(FloatVolume volume)
    {
        double sum = 0, squares = 0;
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (float value in volume.Plane(z))
            {
                sum += value;
                squares += (double)value * value;
            }
        }
        double mean = sum / volume.Shape.Voxels;
        return (mean, Math.Sqrt(Math.Max(0, squares / volume.Shape.Voxels - mean * mean)));
    }
}
