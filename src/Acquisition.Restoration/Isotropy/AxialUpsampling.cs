using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Cubic interpolation of a stack along z to the spacing of its pixels, with acquired plane k at plane σ·k of the result.</summary>
/// <remarks>The same interpolation and phase as <see cref="LateralDegradation"/> uses for training inputs. The result does not depend
/// on the number of threads, bit for bit.</remarks>
public static unsafe class AxialUpsampling
{
    /// <summary>The shape that a stack takes: <see cref="SamplingRatio.FineCount"/> planes.</summary>
    public static VolumeShape Shape(VolumeShape stack, double ratio) => stack with { Z = SamplingRatio.FineCount(stack.Z, ratio) };

    /// <summary>Interpolates. Planes beyond the last acquired one repeat it, but for the overshoot of the cubic next to it.</summary>
    /// <param name="destination">As wide and high as the source, with any number of planes up to <see cref="SamplingRatio.FineCount"/>.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Apply(FloatVolume source, double ratio, FloatVolume destination, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        VolumeShape from = source.Shape, to = destination.Shape;
        if (from.Y != to.Y || from.X != to.X || to.Z > SamplingRatio.FineCount(from.Z, ratio))
            throw new ArgumentException($"A {from} stack with planes {ratio} pixels apart becomes {Shape(from, ratio)} or fewer planes of it, but the destination is {to}.");
        var positions = new CubicPositions(from.Z, ratio, to.Z);
        Workers.Run(to.Z, threads, z =>
        {
            Span<nint> planes = stackalloc nint[CubicPositions.Taps];
            ReadOnlySpan<int> indices = positions.Indices(z);
            for (int t = 0; t < planes.Length; t++) planes[t] = (nint)source.Row(indices[t], 0);
            RowFilter.Sum(planes, positions.Weights(z), destination.Row(z, 0), to.PlaneVoxels);
        }, cancellation);
    }
}
