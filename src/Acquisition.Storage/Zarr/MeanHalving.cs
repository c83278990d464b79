using System.Numerics;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Halves volumes along axes by the mean of neighbours; a last sample without a partner stays as it is.</summary>
/// <remarks>Whole numbers are rounded to the nearest, halves up. Floating point is summed in double precision; what is not finite
/// makes the mean not finite.</remarks>
internal static class MeanHalving
{
    /// <param name="fine">Whole planes of the finer volume.</param>
    /// <param name="coarse">An axis of half the extent is halved, one of the same extent is copied.</param>
    /// <param name="fineExtent">Planes of the whole finer volume.</param>
    /// <param name="firstPlane">Plane of <paramref name="coarse"/> that the first one of <paramref name="fine"/> belongs to; the last
    /// one without a partner must be the volume's last.</param>
    public static void Halve(VolumeBuffer fine, VolumeBuffer coarse, int fineExtent, int firstPlane = 0)
    {
        int step = fineExtent == coarse.Shape.Z ? 1 : 2;
        for (int z = 0; z < fine.Shape.Z; z += step)
        {
            int planes = Math.Min(step, fine.Shape.Z - z), target = firstPlane + z / step;
            switch (fine.PixelType)
            {
                case PixelType.UInt8: HalvePlane<byte, uint>(fine, z, planes, coarse, target, Rounded<byte>); break;
                case PixelType.UInt16: HalvePlane<ushort, uint>(fine, z, planes, coarse, target, Rounded<ushort>); break;
                default: HalvePlane<float, double>(fine, z, planes, coarse, target, (sum, count) => (float)(sum / count)); break;
            }
        }
    }

    private static TSample Rounded<TSample>(uint sum, uint count)
        where TSample : INumberBase<TSample> => TSample.CreateTruncating((sum + count / 2) / count);

    private static void HalvePlane<TSample, TSum>(
        VolumeBuffer fine, int first, int planes, VolumeBuffer coarse, int target, Func<TSum, TSum, TSample> mean)
        where TSample : unmanaged, INumberBase<TSample>
        where TSum : unmanaged, INumberBase<TSum>
    {
        (int rows, int columns) = (fine.Shape.Y, fine.Shape.X);
        int rowStep = rows == coarse.Shape.Y ? 1 : 2;
        bool halvesColumns = columns != coarse.Shape.X;
        var sums = new TSum[columns];
        Span<TSample> plane = coarse.Plane<TSample>(target);
        for (int y = 0; y < coarse.Shape.Y; y++)
        {
            int added = Math.Min(rowStep, rows - y * rowStep);
            sums.AsSpan().Clear();
            for (int z = 0; z < planes; z++)
                for (int r = 0; r < added; r++)
                    Add(fine.Plane<TSample>(first + z).Slice((y * rowStep + r) * columns, columns), sums);

            Span<TSample> row = plane.Slice(y * coarse.Shape.X, coarse.Shape.X);
            var count = TSum.CreateTruncating(planes * added);
            if (halvesColumns) MeansOfPairs(sums, count, row, mean);
            else for (int x = 0; x < row.Length; x++) row[x] = mean(sums[x], count);
        }
    }

    private static void Add<TSample, TSum>(ReadOnlySpan<TSample> row, Span<TSum> sums)
        where TSample : unmanaged, INumberBase<TSample>
        where TSum : unmanaged, INumberBase<TSum>
    {
        for (int x = 0; x < row.Length; x++) sums[x] += TSum.CreateTruncating(row[x]);
    }

    private static void MeansOfPairs<TSample, TSum>(ReadOnlySpan<TSum> sums, TSum count, Span<TSample> row, Func<TSum, TSum, TSample> mean)
        where TSample : unmanaged, INumberBase<TSample>
        where TSum : unmanaged, INumberBase<TSum>
    {
        int pairs = sums.Length / 2;
        for (int x = 0; x < pairs; x++) row[x] = mean(sums[2 * x] + sums[2 * x + 1], count + count);
        if (pairs < row.Length) row[pairs] = mean(sums[^1], count);
    }
}
