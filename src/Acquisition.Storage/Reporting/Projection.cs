using Acquisition.Core;

namespace Acquisition.Storage.Reporting;

/// <summary>A maximum-intensity projection in camera units; row by row. Samples that are not finite do not count.</summary>
internal sealed record Projection(float[] Samples, int Width, int Height)
{
    /// <summary>Longest edge in samples; a longer one is shrunk by a whole number, each sample then being the largest of its group.</summary>
    public const int MostEdge = 512;

    /// <summary>Projects a volume along each axis.</summary>
    /// <param name="mostEdge">Instead of <see cref="MostEdge"/>.</param>
    /// <returns>(y, x) seen along z; (z, x) seen along y; (y, z) seen along x.</returns>
    public static (Projection Xy, Projection Xz, Projection Yz) Of(VolumeBuffer volume, int mostEdge = MostEdge)
    {
        VolumeShape shape = volume.Shape;
        Grid xy = new(shape.X, shape.Y, mostEdge), xz = new(shape.X, shape.Z, mostEdge), yz = new(shape.Z, shape.Y, mostEdge);
        var row = new float[shape.X];
        for (int z = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                Load(volume, z, y, row);
                xy.Raise(y, row);
                xz.Raise(z, row);
                yz.Raise(y, z, row);
            }
        }

        return (xy.ToProjection(), xz.ToProjection(), yz.ToProjection());
    }

    /// <summary>The samples as grey values.</summary>
    /// <param name="low">Shown black, in camera units.</param>
    /// <param name="high">Shown white; greater than <paramref name="low"/>.</param>
    public byte[] ToGrey(double low, double high) =>
        [.. Samples.Select(sample => (byte)Math.Round(255 * Math.Clamp((sample - low) / (high - low), 0, 1), MidpointRounding.AwayFromZero))];

    private static void Load(VolumeBuffer volume, int z, int y, Span<float> row)
    {
        int start = y * row.Length;
        switch (volume.PixelType)
        {
            case PixelType.UInt8:
                ReadOnlySpan<byte> bytes = volume.Plane(z).Slice(start, row.Length);
                for (int x = 0; x < row.Length; x++) row[x] = bytes[x];
                break;
            case PixelType.UInt16:
                ReadOnlySpan<ushort> words = volume.Plane<ushort>(z).Slice(start, row.Length);
                for (int x = 0; x < row.Length; x++) row[x] = words[x];
                break;
            default:
                volume.Plane<float>(z).Slice(start, row.Length).CopyTo(row);
                break;
        }
    }

    /// <summary>Largest samples so far, on the shrunk grid.</summary>
    private sealed class Grid
    {
        private readonly int _shrinkX, _shrinkY, _width, _height;
        private readonly float[] _samples;

        public Grid(int width, int height, int mostEdge)
        {
            (_shrinkX, _shrinkY) = ((width - 1) / mostEdge + 1, (height - 1) / mostEdge + 1);
            (_width, _height) = ((width + _shrinkX - 1) / _shrinkX, (height + _shrinkY - 1) / _shrinkY);
            _samples = new float[_width * _height];
            Array.Fill(_samples, float.NegativeInfinity);
        }

        /// <summary>A row of samples along the grid's rows.</summary>
        public void Raise(int y, ReadOnlySpan<float> row)
        {
            Span<float> here = _samples.AsSpan(y / _shrinkY * _width, _width);
            for (int x = 0; x < row.Length; x++)
            {
                ref float sample = ref here[_shrinkX == 1 ? x : x / _shrinkX];
                if (row[x] > sample && float.IsFinite(row[x])) sample = row[x];
            }
        }

        /// <summary>A row of samples that all fall on one place.</summary>
        public void Raise(int y, int x, ReadOnlySpan<float> row)
        {
            ref float sample = ref _samples[y / _shrinkY * _width + x / _shrinkX];
            foreach (float value in row)
                if (value > sample && float.IsFinite(value)) sample = value;
        }

        public Projection ToProjection()
        {
            foreach (ref float sample in _samples.AsSpan())
                if (float.IsNegativeInfinity(sample)) sample = 0;
            return new(_samples, _width, _height);
        }
    }
}
