using System.Buffers;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration;

/// <summary>Cubic resampling between grids that differ by 1, 2 or 4 on each axis, centred alike; borders are mirrored at the outer
/// edge of the outermost samples, on both sides. The result does not depend on the number of threads, bit for bit.</summary>
public static unsafe class Resampling
{
    /// <summary>Makes a volume smaller, with antialiasing on every axis that shrinks.</summary>
    /// <param name="destination">One sample for each <paramref name="factors"/> of the source, rounded up. Must not be the source.</param>
    /// <exception cref="ArgumentException">The factors are not supported, or the shapes do not fit them.</exception>
    public static void Shrink(FloatVolume source, Factors factors, FloatVolume destination, int threads = 1, CancellationToken cancellation = default)
    {
        RequireGrids(destination, source, factors);
        Workers.Run(destination.Shape.Z, threads, z =>
        {
            VolumeShape fine = source.Shape, coarse = destination.Shape;
            float[] lease = ArrayPool<float>.Shared.Rent(checked(
                fine.PlaneVoxels + fine.X + RowFilter.ScratchLength(coarse.X, factors.X)));
            fixed (float* plane = lease)
            {
                ShrinkPlane(source, factors, z, destination, plane, plane + fine.PlaneVoxels);
            }
            ArrayPool<float>.Shared.Return(lease);
        }, cancellation);
    }

    /// <summary>Makes a volume larger.</summary>
    /// <param name="destination">The source's extent is the destination's divided by <paramref name="factors"/>, rounded up. Must not be the source.</param>
    /// <exception cref="ArgumentException">The factors are not supported, or the shapes do not fit them.</exception>
    public static void Enlarge(FloatVolume source, Factors factors, FloatVolume destination, int threads = 1, CancellationToken cancellation = default)
    {
        RequireGrids(source, destination, factors);
        EnlargePlanes(source, factors, destination.Shape, threads,
            (z, plane, length) => new ReadOnlySpan<float>(plane, length).CopyTo(destination.Plane(z)), cancellation);
    }

    /// <summary>Receives one enlarged plane, in any order and on any thread; it is overwritten after the call.</summary>
    internal delegate void PlaneReceiver(int z, float* plane, int length);

    /// <summary>Enlarges plane by plane, holding five fine planes a thread instead of a volume.</summary>
    internal static void EnlargePlanes(
        FloatVolume source, Factors factors, VolumeShape fine, int threads, PlaneReceiver receiver, CancellationToken cancellation)
    {
        int pieces = Math.Min(threads, fine.Z);
        Workers.Run(pieces, threads, piece =>
        {
            using var enlarger = new PlaneEnlarger(source, factors, fine);
            int end = Workers.Start(piece + 1, pieces, fine.Z);
            for (int z = Workers.Start(piece, pieces, fine.Z); z < end; z++)
            {
                cancellation.ThrowIfCancellationRequested();
                receiver(z, enlarger.Plane(z), fine.PlaneVoxels);
            }
        }, cancellation);
    }

    internal static VolumeShape ShrunkShape(VolumeShape fine, Factors factors) => new(
        (fine.Z + factors.Z - 1) / factors.Z, (fine.Y + factors.Y - 1) / factors.Y, (fine.X + factors.X - 1) / factors.X);

    private static void ShrinkPlane(
        FloatVolume source, Factors factors, int z, FloatVolume destination, float* plane, float* row)
    {
        VolumeShape fine = source.Shape, coarse = destination.Shape;
        Span<nint> rows = stackalloc nint[16];
        float* inZ = source.Row(z, 0);
        if (factors.Z > 1)
        {
            CubicTaps taps = CubicTaps.Shrinking(factors.Z);
            ReadOnlySpan<float> weights = taps.Weights(0);
            for (int t = 0; t < weights.Length; t++)
                rows[t] = (nint)source.Row(CubicTaps.Mirror(z * factors.Z + taps.First(0) + t, fine.Z), 0);
            RowFilter.Sum(rows, weights, plane, fine.PlaneVoxels);
            inZ = plane;
        }
        CubicTaps yTaps = CubicTaps.Shrinking(factors.Y);
        for (int y = 0; y < coarse.Y; y++)
        {
            float* inY = inZ + (nint)y * fine.X;
            if (factors.Y > 1)
            {
                ReadOnlySpan<float> weights = yTaps.Weights(0);
                for (int t = 0; t < weights.Length; t++)
                    rows[t] = (nint)(inZ + (nint)CubicTaps.Mirror(y * factors.Y + yTaps.First(0) + t, fine.Y) * fine.X);
                RowFilter.Sum(rows, weights, row, fine.X);
                inY = row;
            }
            float* output = destination.Row(z, y);
            if (factors.X > 1) RowFilter.ShrinkRow(inY, fine.X, factors.X, output, coarse.X, row + fine.X);
            else new ReadOnlySpan<float>(inY, fine.X).CopyTo(new Span<float>(output, fine.X));
        }
    }

    private static void RequireGrids(FloatVolume coarse, FloatVolume fine, Factors factors)
    {
        ArgumentNullException.ThrowIfNull(coarse);
        ArgumentNullException.ThrowIfNull(fine);
        if (!factors.IsSupported)
            throw new ArgumentException($"The factors are {factors}; 1, 2 or 4 is accepted on each axis.");
        if (coarse.Shape != ShrunkShape(fine.Shape, factors))
            throw new ArgumentException(
                $"A {fine.Shape} volume shrunk by {factors} is {ShrunkShape(fine.Shape, factors)}, but the other volume is {coarse.Shape}.");
    }
}
