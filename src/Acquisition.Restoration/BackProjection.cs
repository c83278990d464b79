using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration;

/// <summary>Makes a fine volume consistent with the acquired one: y ← max(floor, y + U(x − D(y))), D shrinking and U enlarging.</summary>
/// <remarks>Irani and Peleg 1991. Low frequencies agree after one or two rounds; the slowest, at the corner of the acquired band,
/// keep 0.89 of their error a round.</remarks>
public static class BackProjection
{
    /// <summary>Runs a number of rounds in place. Holds one more volume of the acquired shape.</summary>
    /// <param name="acquired">x.</param>
    /// <param name="restored">y; changed in place.</param>
    /// <param name="rounds">0 only measures.</param>
    /// <param name="floor">Smallest value a restored sample may take; applied also when no round runs.</param>
    /// <returns>Root mean square of x − D(y) after the last round.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit the factors.</exception>
    public static double Refine(
        FloatVolume acquired, FloatVolume restored, Factors factors, int rounds, float floor, int threads = 1,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(acquired);
        ArgumentNullException.ThrowIfNull(restored);
        using var residual = new FloatVolume(acquired.Shape);
        ApplyFloor(restored, floor, threads, cancellation);
        double rms = Residual(acquired, restored, factors, residual, threads, cancellation);
        for (int round = 0; round < rounds; round++)
        {
            AddEnlarged(residual, factors, floor, restored, threads, cancellation);
            rms = Residual(acquired, restored, factors, residual, threads, cancellation);
        }
        return rms;
    }

    private static double Residual(
        FloatVolume acquired, FloatVolume restored, Factors factors, FloatVolume residual, int threads, CancellationToken cancellation)
    {
        Resampling.Shrink(restored, factors, residual, threads, cancellation);
        var squares = new double[acquired.Shape.Z];
        Workers.Run(acquired.Shape.Z, threads, z =>
        {
            Span<float> x = acquired.Plane(z), r = residual.Plane(z);
            double sum = 0;
            for (int i = 0; i < r.Length; i++)
            {
                r[i] = x[i] - r[i];
                sum += (double)r[i] * r[i];
            }
            squares[z] = sum;
        }, cancellation);
        return Math.Sqrt(squares.Sum() / acquired.Shape.Voxels);
    }

    private static unsafe void AddEnlarged(
        FloatVolume residual, Factors factors, float floor, FloatVolume restored, int threads, CancellationToken cancellation) =>
        Resampling.EnlargePlanes(residual, factors, restored.Shape, threads, (z, plane, length) =>
        {
            Span<float> y = restored.Plane(z);
            for (int i = 0; i < length; i++) y[i] = MathF.Max(floor, y[i] + plane[i]);
        }, cancellation);

    private static void ApplyFloor(FloatVolume volume, float floor, int threads, CancellationToken cancellation)
    {
        if (float.IsNegativeInfinity(floor)) return;
        Workers.Run(volume.Shape.Z, threads, z =>
        {
            Span<float> plane = volume.Plane(z);
            for (int i = 0; i < plane.Length; i++) plane[i] = MathF.Max(floor, plane[i]);
        }, cancellation);
    }
}
