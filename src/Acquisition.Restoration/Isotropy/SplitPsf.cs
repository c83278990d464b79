using Acquisition.Restoration.Fourier;

namespace Acquisition.Restoration.Isotropy;

/// <summary>The blurs by which a lateral plane is made to look like an axial one.</summary>
/// <remarks>Weigert et al. 2017: <em>full</em> blurs with the point spread function turned on its side; <em>split</em> with what that has
/// beyond the lateral blur, which the plane has already, so that lateral blur after it is axial blur.</remarks>
public static class SplitPsf
{
    /// <summary>Regularisation of the division, as a share of the largest power.</summary>
    private const double Epsilon = 1e-3;

    private const double KeptShare = 0.999;

    /// <summary>Sum of absolute differences below which the division is good enough, and iterations allowed to get there.</summary>
    private const double GoodEnough = 0.02;

    private const int MaxIterations = 500;

    /// <summary>The kernel that a choice asks for.</summary>
    /// <param name="average">How the lateral blur is made isotropic before it is split off.</param>
    /// <exception cref="ArgumentException">CSBDeep's kernel is asked for, and the function is not a Gaussian.</exception>
    public static PlaneKernel Of(PointSpreadFunction psf, DegradationKernel kind, IsotropicAverage average = IsotropicAverage.FocalPlane)
    {
        ArgumentNullException.ThrowIfNull(psf);
        return kind switch
        {
            DegradationKernel.Identity => PlaneKernel.Identity,
            DegradationKernel.Full => psf.Rotated().Marginal(),
            DegradationKernel.Split when psf.Gaussian is { } widths && average == IsotropicAverage.FocalPlane => Gaussian(widths),
            DegradationKernel.Split => Divide(psf.Rotated().Marginal(), psf.MadeIsotropic(average).Marginal()),
            DegradationKernel.CsbDeep => CsbDeep(psf.Gaussian
                ?? throw new ArgumentException("CSBDeep's kernel is defined for Gaussians; the point spread function is measured.", nameof(kind))),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kernel."),
        };
    }

    /// <summary>What is split off a Gaussian: along x the standard deviation √(σ_z² − σ_xy²), along y nothing.</summary>
    public static PlaneKernel Gaussian(GaussianWidths widths)
    {
        double square = widths.AxialPx * widths.AxialPx - widths.LateralPx * widths.LateralPx;
        if (square <= 0) return PlaneKernel.Identity;
        double[] bell = PointSpreadFunction.Bell(Math.Sqrt(square));
        return new PlaneKernel(1, bell.Length, bell);
    }

    /// <summary>What CSBDeep's notebook blurs with: σ_xy along y and σ_z − σ_xy along x, neither of the article's kernels.</summary>
    public static PlaneKernel CsbDeep(GaussianWidths widths)
    {
        double along = widths.AxialPx - widths.LateralPx;
        int radius = (int)(4 * Math.Max(widths.AxialPx, widths.LateralPx) + 1), extent = 2 * radius + 1;
        var values = new double[extent * extent];
        for (int y = -radius, i = 0; y <= radius; y++)
        {
            for (int x = -radius; x <= radius; x++, i++)
            {
                double u = y / widths.LateralPx, v = along == 0 ? (x == 0 ? 0 : double.PositiveInfinity) : x / along;
                values[i] = Math.Exp(-(u * u + v * v) / 2);
            }
        }
        return PlaneKernel.Crop(values, extent, extent, 1 - 1e-9);
    }

    /// <summary>The kernel that turns the second blur into the first: Wiener's division, refined until it does.</summary>
    /// <remarks>Clipping the division's negative lobes, which hold about a third of its weight for a Gaussian, alone leaves a quarter
    /// of the blur wrong. From there Richardson-Lucy iterations, which keep weights positive, reach a few per cent.</remarks>
    internal static PlaneKernel Divide(PlaneKernel wanted, PlaneKernel given)
    {
        int height = LineFft.FriendlyLength(4 * Math.Max(wanted.Height, given.Height));
        int width = LineFft.FriendlyLength(4 * Math.Max(wanted.Width, given.Width));
        using var plane = new PlaneConvolution(height, width, given);
        float[] target = plane.Placed(wanted), split = plane.Wiener(target, Epsilon);
        var blurred = new float[target.Length];
        Normalise(split);
        // Ratios where next to nothing is wanted are rounding of the transform.
        float floor = 1e-6f * target.Max();
        for (int i = 0; i < MaxIterations; i++)
        {
            plane.Blur(split, blurred, correlate: false);
            if (Difference(target, blurred) < GoodEnough) break;
            for (int k = 0; k < blurred.Length; k++) blurred[k] = target[k] / Math.Max(blurred[k], floor);
            plane.Blur(blurred, blurred, correlate: true);
            for (int k = 0; k < split.Length; k++) split[k] *= Math.Max(0, blurred[k]);
            Normalise(split);
        }
        return Centred(split, height, width);
    }

    private static double Difference(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return sum;
    }

    private static void Normalise(float[] values)
    {
        double sum = 0;
        foreach (float value in values) sum += value;
        for (int i = 0; i < values.Length; i++) values[i] = (float)(values[i] / sum);
    }

    /// <summary>From the origin in the corner to the middle of odd extents.</summary>
    private static PlaneKernel Centred(float[] values, int height, int width)
    {
        int ry = (height - 1) / 2, rx = (width - 1) / 2, rows = 2 * ry + 1, columns = 2 * rx + 1;
        var centred = new double[rows * columns];
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
                centred[y * columns + x] = values[(y - ry + height) % height * width + (x - rx + width) % width];
        }
        return PlaneKernel.Crop(centred, rows, columns, KeptShare);
    }
}
