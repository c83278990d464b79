using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>σ, by how much a stack's planes lie farther apart than its pixels, and how many samples that leaves on an axis.</summary>
/// <remarks>Sample k of the coarse axis stands at σ·k of the fine one; the first samples coincide. σ may be any number from 1 on.</remarks>
public static class SamplingRatio
{
    /// <summary>Largest ratio taken; more is a mistaken unit.</summary>
    public const double Max = 64;

    /// <summary>Relative error that a quotient of distances may have.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>The ratio of a stack with square pixels, a whole number where it is one but for rounding.</summary>
    /// <exception cref="RestorationException">Pixels are not square to 1 %, or planes lie closer than pixels or too far apart.</exception>
    public static double Of(VoxelSize voxel)
    {
        ArgumentNullException.ThrowIfNull(voxel);
        if (Math.Abs(voxel.YUm / voxel.XUm - 1) > 0.01)
            throw new RestorationException($"Voxels are {voxel}; isotropic restoration needs pixels as high as wide.");
        double ratio = voxel.ZUm / voxel.XUm, whole = Math.Round(ratio);
        if (Math.Abs(ratio - whole) <= Tolerance * ratio) ratio = whole;
        return ratio is >= 1 and <= Max ? ratio : throw new RestorationException(string.Create(CultureInfo.InvariantCulture,
            $"Voxels are {voxel}, so planes lie {ratio:0.##} pixels apart; isotropic restoration takes 1 to {Max}."));
    }

    /// <summary>Samples that thinning out leaves of <paramref name="length"/>: all k with σ·k inside.</summary>
    public static int CoarseCount(int length, double ratio) => (int)Math.Floor((Require.Positive(length) - 1) / Checked(ratio) + Tolerance) + 1;

    /// <summary>Samples of the fine axis that stand for <paramref name="count"/> coarse ones, each for σ of them: n·σ, rounded.</summary>
    /// <remarks>What a user expects of 16 planes at 8 pixels' distance: 128. Those beyond <see cref="MeasuredCount"/> lie behind the last
    /// acquired plane.</remarks>
    public static int FineCount(int count, double ratio) => checked((int)Math.Round(Require.Positive(count) * Checked(ratio)));

    /// <summary>Samples of the fine axis up to the last coarse one: ⌊(n − 1)·σ⌋ + 1.</summary>
    public static int MeasuredCount(int count, double ratio) =>
        checked((int)Math.Floor((Require.Positive(count) - 1) * Checked(ratio) + Tolerance) + 1);

    internal static double Checked(double ratio) => Require.InRange(ratio, 1, Max);
}
