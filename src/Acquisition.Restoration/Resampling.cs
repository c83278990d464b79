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
        if (threads <= 1 || destination.Shape.Z <= 1) ShrinkPiece(source, factors, destination, 0, 1, cancellation);
        else ShrinkSideBySide(source, factors, destination, threads, cancellation);
    }

    /// <summary>Makes a volume larger.</summary>
    /// <param name="destination">The source's extent is the destination's divided by <paramref name="factors"/>, rounded up. Must not be the source.</param>
    /// <exception cref="ArgumentException">The factors are not supported, or the shapes do not fit them.</exception>
    public static void Enlarge(FloatVolume source, Factors factors, FloatVolume destination, int threads = 1, CancellationToken cancellation = default)
    {
        RequireGrids(source, destination, factors);
        if (threads <= 1 || destination.Shape.Z <= 1) EnlargePiece(source, factors, destination, 0, 1, cancellation);
        else EnlargeSideBySide(source, factors, destination, threads, cancellation);
    }

    internal static VolumeShape ShrunkShape(VolumeShape fine, Factors factors) => new(
        (fine.Z + factors.Z - 1) / factors.Z, (fine.Y + factors.Y - 1) / factors.Y, (fine.X + factors.X - 1) / factors.X);

    /// <exception cref="ArgumentException">The factors are not supported, or the shapes do not fit them.</exception>
    internal static void RequireGrids(VolumeShape coarse, VolumeShape fine, Factors factors)
    {
        if (!factors.IsSupported)
            throw new ArgumentException($"The factors are {factors}; 1, 2 or 4 is accepted on each axis.");
        if (coarse != ShrunkShape(fine, factors))
            throw new ArgumentException(
                $"A {fine} volume shrunk by {factors} is {ShrunkShape(fine, factors)}, but the other volume is {coarse}.");
    }

    // Apart from the form for one thread, which training calls for every crop and which allocates nothing.
    private static void ShrinkSideBySide(
        FloatVolume source, Factors factors, FloatVolume destination, int threads, CancellationToken cancellation)
    {
        int pieces = Math.Min(threads, destination.Shape.Z);
        Workers.Run(pieces, threads, piece => ShrinkPiece(source, factors, destination, piece, pieces, cancellation), cancellation);
    }

    private static void EnlargeSideBySide(
        FloatVolume source, Factors factors, FloatVolume destination, int threads, CancellationToken cancellation)
    {
        int pieces = Math.Min(threads, destination.Shape.Z);
        Workers.Run(pieces, threads, piece => EnlargePiece(source, factors, destination, piece, pieces, cancellation), cancellation);
    }

    private static void ShrinkPiece(
        FloatVolume source, Factors factors, FloatVolume destination, int piece, int pieces, CancellationToken cancellation)
    {
        VolumeShape fine = source.Shape, coarse = destination.Shape;
        // Planes shrunk in y and x that neighbouring outputs share; those of one output lie close enough together not to collide.
        int ring = factors.Z == 1 ? 1 : RowFilter.MaxTaps / 4 * factors.Z;
        float[] lease = ArrayPool<float>.Shared.Rent(checked(
            ring * coarse.PlaneVoxels + PlaneFilter.ShrinkingScratch(coarse, fine, factors)));
        fixed (float* shrunk = lease)
        {
            ShrinkPlanes(source, factors, destination, Workers.Start(piece, pieces, coarse.Z), Workers.Start(piece + 1, pieces, coarse.Z),
                shrunk, ring, shrunk + (nint)ring * coarse.PlaneVoxels, cancellation);
        }
        ArrayPool<float>.Shared.Return(lease);
    }

    private static void EnlargePiece(
        FloatVolume source, Factors factors, FloatVolume destination, int piece, int pieces, CancellationToken cancellation)
    {
        VolumeShape fine = destination.Shape, coarse = source.Shape;
        float[] lease = ArrayPool<float>.Shared.Rent(PlaneFilter.EnlargingScratch(coarse, fine, factors));
        fixed (float* scratch = lease)
        {
            Span<nint> from = stackalloc nint[factors.Z == 1 ? 1 : 4];
            int end = Workers.Start(piece + 1, pieces, fine.Z);
            for (int z = Workers.Start(piece, pieces, fine.Z); z < end; z++)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadOnlySpan<float> weights = PlaneFilter.EnlargingWeights(z, factors.Z, out int first);
                if (factors.Z == 1) from[0] = (nint)source.Row(z, 0);
                else for (int t = 0; t < from.Length; t++) from[t] = (nint)source.Row(CubicTaps.Mirror(first + t, coarse.Z), 0);
                PlaneFilter.EnlargeRows(
                    from, weights, coarse, fine, factors, 0, fine.Y, adds: false, 0, destination.Row(z, 0), scratch);
            }
        }
        ArrayPool<float>.Shared.Return(lease);
    }

    private static void ShrinkPlanes(
        FloatVolume source, Factors factors, FloatVolume destination, int firstZ, int endZ, float* shrunk, int ring, float* scratch,
        CancellationToken cancellation)
    {
        VolumeShape fine = source.Shape, coarse = destination.Shape;
        CubicTaps taps = CubicTaps.Shrinking(factors.Z);
        ReadOnlySpan<float> weights = taps.Weights(0);
        Span<int> held = stackalloc int[ring];
        held.Fill(-1);
        Span<nint> rows = stackalloc nint[RowFilter.MaxTaps];
        for (int z = firstZ; z < endZ; z++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (factors.Z == 1)
            {
                PlaneFilter.ShrinkRows(source.Row(z, 0), fine, coarse, factors, 0, coarse.Y, destination.Row(z, 0), scratch);
                continue;
            }
            for (int t = 0; t < weights.Length; t++)
            {
                int at = CubicTaps.Mirror(z * factors.Z + taps.First(0) + t, fine.Z), slot = at % ring;
                float* plane = shrunk + (nint)slot * coarse.PlaneVoxels;
                rows[t] = (nint)plane;
                if (held[slot] == at) continue;
                PlaneFilter.ShrinkRows(source.Row(at, 0), fine, coarse, factors, 0, coarse.Y, plane, scratch);
                held[slot] = at;
            }
            RowFilter.Sum(rows[..weights.Length], weights, destination.Row(z, 0), coarse.PlaneVoxels);
        }
    }

    private static void RequireGrids(FloatVolume coarse, FloatVolume fine, Factors factors)
    {
        ArgumentNullException.ThrowIfNull(coarse);
        ArgumentNullException.ThrowIfNull(fine);
        RequireGrids(coarse.Shape, fine.Shape, factors);
    }
}
