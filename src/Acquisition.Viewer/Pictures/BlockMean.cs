using System.Numerics;
using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Shrinks volumes by averaging blocks.</summary>
/// <remarks>Sums of integer types are exact and the mean is rounded to nearest, halves up; float32 is summed in single precision, plane by
/// plane and row by row. Rows are summed as vectors, which does not change a bit: each column is summed in the same order.</remarks>
internal sealed class BlockMean
{
    private uint[] _sums = [];
    private float[] _floats = [];

    /// <summary>Shrinks some planes. One thread at a time; allocates for the first volume only.</summary>
    /// <param name="source">Its planes that the wanted ones are made of must be final.</param>
    /// <param name="destination">Of the same type and of the reduction's shape.</param>
    /// <param name="from">First plane of the destination to make.</param>
    /// <param name="to">The plane after the last.</param>
    public void Shrink(VolumeBuffer source, Reduction reduction, VolumeBuffer destination, int from, int to)
    {
        if (destination.Shape != reduction.Of(source.Shape) || destination.PixelType != source.PixelType)
            throw new ArgumentException($"The destination is {destination.Shape} {destination.PixelType.Name()}; expected {reduction.Of(source.Shape)} {source.PixelType.Name()}.");
        for (int z = from; z < to; z++)
        {
            if (reduction == Reduction.None) source.Plane(z).CopyTo(destination.Plane(z));
            else ShrinkPlane(source, reduction, z, destination, z, firstRow: 0);
        }
    }

    /// <summary>Shrinks a part of a volume into its place in the whole picture, to the same bits as with the rest of the volume.</summary>
    /// <param name="part">Whole rows; begins where a block does, and ends where one does or the volume.</param>
    /// <param name="destination">The picture of the whole volume.</param>
    /// <param name="plane">First plane of the destination that the part makes.</param>
    /// <param name="row">First row of the destination that the part makes.</param>
    public void ShrinkPart(VolumeBuffer part, Reduction reduction, VolumeBuffer destination, int plane, int row)
    {
        VolumeShape made = reduction.Of(part.Shape);
        if (made.X != destination.Shape.X || part.PixelType != destination.PixelType)
            throw new ArgumentException($"A part of {part.Shape} {part.PixelType.Name()} does not fit {destination.Shape} {destination.PixelType.Name()}.");
        for (int z = 0; z < made.Z; z++) ShrinkPlane(part, reduction, z, destination, plane + z, row);
    }

    /// <param name="z">The plane of blocks to shrink.</param>
    /// <param name="plane">Where it comes to lie.</param>
    /// <param name="firstRow">Where its first row comes to lie.</param>
    private void ShrinkPlane(VolumeBuffer source, Reduction reduction, int z, VolumeBuffer destination, int plane, int firstRow)
    {
        VolumeShape shape = source.Shape;
        bool isFloat = source.PixelType == PixelType.Float32;
        if (isFloat && _floats.Length < shape.X) _floats = new float[shape.X];
        if (!isFloat && _sums.Length < shape.X) _sums = new uint[shape.X];
        int firstPlane = z * reduction.Z, planes = Math.Min(reduction.Z, shape.Z - firstPlane);
        int made = reduction.Of(shape).Y;
        for (int y = 0; y < made; y++)
        {
            int first = y * reduction.Y, rows = Math.Min(reduction.Y, shape.Y - first);
            if (isFloat) Array.Clear(_floats, 0, shape.X);
            else Array.Clear(_sums, 0, shape.X);
            for (int p = firstPlane; p < firstPlane + planes; p++)
            {
                for (int r = first; r < first + rows; r++)
                {
                    switch (source.PixelType)
                    {
                        case PixelType.UInt8: Add(source.Plane(p).Slice(r * shape.X, shape.X), _sums); break;
                        case PixelType.UInt16: Add(source.Plane<ushort>(p).Slice(r * shape.X, shape.X), _sums); break;
                        default: Add(source.Plane<float>(p).Slice(r * shape.X, shape.X), _floats); break;
                    }
                }
            }

            int summed = planes * rows;
            int start = (firstRow + y) * destination.Shape.X;
            switch (source.PixelType)
            {
                case PixelType.UInt8: Mean(_sums.AsSpan(0, shape.X), reduction.X, summed, destination.Plane(plane)[start..]); break;
                case PixelType.UInt16: Mean(_sums.AsSpan(0, shape.X), reduction.X, summed, destination.Plane<ushort>(plane)[start..]); break;
                default: Mean(_floats.AsSpan(0, shape.X), reduction.X, summed, destination.Plane<float>(plane).Slice(start, destination.Shape.X)); break;
            }
        }
    }

    private static void Add(ReadOnlySpan<byte> row, Span<uint> sums)
    {
        for (int x = 0; x < row.Length; x++) sums[x] += row[x];
    }

    private static void Add(ReadOnlySpan<ushort> row, Span<uint> sums)
    {
        var samples = MemoryMarshal.Cast<ushort, Vector<ushort>>(row);
        var totals = MemoryMarshal.Cast<uint, Vector<uint>>(sums);
        for (int i = 0; i < samples.Length; i++)
        {
            Vector.Widen(samples[i], out Vector<uint> low, out Vector<uint> high);
            totals[2 * i] += low;
            totals[2 * i + 1] += high;
        }

        for (int x = samples.Length * Vector<ushort>.Count; x < row.Length; x++) sums[x] += row[x];
    }

    private static void Add(ReadOnlySpan<float> row, Span<float> sums)
    {
        var samples = MemoryMarshal.Cast<float, Vector<float>>(row);
        var totals = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (int i = 0; i < samples.Length; i++) totals[i] += samples[i];
        for (int x = samples.Length * Vector<float>.Count; x < row.Length; x++) sums[x] += row[x];
    }

    /// <param name="summed">Rows that each sum holds.</param>
    private static void Mean<T>(ReadOnlySpan<uint> sums, int block, int summed, Span<T> means)
        where T : unmanaged, IBinaryInteger<T>
    {
        int whole = sums.Length / block;
        for (int i = 0; i < whole; i++) means[i] = T.CreateTruncating(Rounded(sums.Slice(i * block, block), summed));
        if (whole * block < sums.Length) means[whole] = T.CreateTruncating(Rounded(sums[(whole * block)..], summed));
    }

    /// <summary>⌊(2·sum + n) / 2n⌋. The dividend is a whole number, so with ½ more the quotient stays clear of the next one by 1/4n, which
    /// no rounding of a product below 2^17 comes near.</summary>
    private static uint Rounded(ReadOnlySpan<uint> sums, int summed)
    {
        ulong sum = 0;
        foreach (uint part in sums) sum += part;
        double n = (double)summed * sums.Length;
        return (uint)((2.0 * sum + n + 0.5) / (2 * n));
    }

    private static void Mean(ReadOnlySpan<float> sums, int block, int summed, Span<float> means)
    {
        for (int i = 0; i < means.Length; i++)
        {
            ReadOnlySpan<float> part = sums[(i * block)..Math.Min(sums.Length, (i + 1) * block)];
            float sum = 0;
            foreach (float value in part) sum += value;
            means[i] = sum / (summed * part.Length);
        }
    }
}
