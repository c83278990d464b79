using System.Buffers;
using Acquisition.Core;

namespace Acquisition.Restoration.Sampling;

/// <summary>Shrinks volumes between two grids whose extents need not divide, with Keys' cubic kernel widened against aliasing and
/// borders mirrored at the outer edge of the outermost samples. Both grids cover the same space.</summary>
/// <remarks>For whole factors <see cref="Resampling.Shrink"/> gives the same to rounding, and faster.</remarks>
internal sealed unsafe class GridReduction
{
    private readonly VolumeShape _from;
    private readonly VolumeShape _to;
    private readonly Tap[][] _z;
    private readonly Tap[][] _y;
    private readonly Tap[][] _x;

    /// <param name="to">No extent larger than that of <paramref name="from"/>, or less than a quarter of it.</param>
    public GridReduction(VolumeShape from, VolumeShape to)
    {
        if (!Fits(from.Z, to.Z) || !Fits(from.Y, to.Y) || !Fits(from.X, to.X))
            throw new ArgumentException($"A {from} volume cannot be shrunk to {to}.");
        (_from, _to) = (from, to);
        (_z, _y, _x) = (Taps(from.Z, to.Z), Taps(from.Y, to.Y), Taps(from.X, to.X));
    }

    public void Apply(FloatVolume source, FloatVolume destination, int threads, CancellationToken cancellation)
    {
        if (source.Shape != _from || destination.Shape != _to)
            throw new ArgumentException($"{source.Shape} and {destination.Shape} were given; {_from} and {_to} are expected.");
        Workers.Run(_to.Z, threads, z =>
        {
            float[] lease = ArrayPool<float>.Shared.Rent(_from.PlaneVoxels + _from.X);
            fixed (float* plane = lease)
            {
                float* row = plane + _from.PlaneVoxels;
                Sum(_z[z], source.Row(0, 0), _from.PlaneVoxels, plane, _from.PlaneVoxels);
                for (int y = 0; y < _to.Y; y++)
                {
                    Sum(_y[y], plane, _from.X, row, _from.X);
                    float* output = destination.Row(z, y);
                    for (int x = 0; x < _to.X; x++)
                    {
                        float sum = 0;
                        foreach (Tap tap in _x[x]) sum += tap.Weight * row[tap.Index];
                        output[x] = sum;
                    }
                }
            }
            ArrayPool<float>.Shared.Return(lease);
        }, cancellation);
    }

    private static bool Fits(int from, int to) => to <= from && from <= 4 * to;

    private static void Sum(Tap[] taps, float* first, int stride, float* output, int length)
    {
        Span<nint> rows = stackalloc nint[taps.Length];
        Span<float> weights = stackalloc float[taps.Length];
        for (int t = 0; t < taps.Length; t++)
            (rows[t], weights[t]) = ((nint)(first + (nint)taps[t].Index * stride), taps[t].Weight);
        RowFilter.Sum(rows, weights, output, length);
    }

    /// <summary>What each output of an axis is made of; equal grids copy.</summary>
    private static Tap[][] Taps(int from, int to)
    {
        double step = (double)from / to;
        return [.. Enumerable.Range(0, to).Select(i =>
        {
            double centre = (i + 0.5) * step - 0.5;
            int first = (int)Math.Ceiling(centre - 2 * step), last = (int)Math.Floor(centre + 2 * step);
            var weights = Enumerable.Range(first, last - first + 1)
                .Select(j => (Index: CubicTaps.Mirror(j, from), Weight: CubicTaps.Keys((j - centre) / step)))
                .Where(tap => tap.Weight != 0).ToArray();
            double sum = weights.Sum(tap => tap.Weight);
            // Sums of rows come in these numbers; what is missing counts nothing.
            int count = weights.Length <= 4 ? 4 : weights.Length <= 8 ? 8 : RowFilter.MaxTaps;
            return weights.Select(tap => new Tap(tap.Index, (float)(tap.Weight / sum)))
                .Concat(Enumerable.Repeat(new Tap(weights[0].Index, 0), count - weights.Length)).ToArray();
        })];
    }

    private readonly record struct Tap(int Index, float Weight);
}
