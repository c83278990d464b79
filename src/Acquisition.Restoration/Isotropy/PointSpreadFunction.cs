using Acquisition.Core;

namespace Acquisition.Restoration.Isotropy;

/// <summary>How a microscope blurs a point, sampled at the lateral pixel size on all three axes, (z, y, x).</summary>
/// <remarks>Odd extents, the point in the middle, no value negative, sum 1. Immutable.</remarks>
public sealed partial class PointSpreadFunction
{
    /// <summary>A Gaussian is cut off at this many standard deviations: 0.02 % of its light lies beyond, along all axes together.</summary>
    private const double Reach = 4;

    /// <summary>Voxels a point spread function may have; more is a mistaken unit.</summary>
    private const long MaxVoxels = 1L << 26;

    private readonly float[] _values;

    private PointSpreadFunction(VolumeShape shape, ReadOnlySpan<double> values, double pitchUm, GaussianWidths? gaussian)
    {
        double sum = 0;
        foreach (double value in values) sum += Require.NotNegative(value, "A value of the point spread function");
        Require.Positive(sum, "The sum of the point spread function");
        (Shape, PitchUm, Gaussian) = (shape, pitchUm, gaussian);
        _values = new float[values.Length];
        for (int i = 0; i < _values.Length; i++) _values[i] = (float)(values[i] / sum);
    }

    public VolumeShape Shape { get; }

    /// <summary>Distance between samples on all axes, µm.</summary>
    public double PitchUm { get; }

    /// <summary>Set where the function is a Gaussian by definition.</summary>
    public GaussianWidths? Gaussian { get; }

    /// <summary>Row-major, (z, y, x).</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>A Gaussian, from its standard deviations. Point-sampled out to 4 of them.</summary>
    /// <param name="lateralSigmaUm">Standard deviation in y and x, µm; from a full width at half maximum: <see cref="SigmaOfFwhm"/>.</param>
    /// <param name="axialSigmaUm">Standard deviation in z, µm.</param>
    /// <param name="pitchUm">Lateral pixel size, µm.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or the function would not fit into memory.</exception>
    public static PointSpreadFunction FromGaussian(double lateralSigmaUm, double axialSigmaUm, double pitchUm)
    {
        Require.Positive(pitchUm);
        return OfWidths(new(Require.Positive(lateralSigmaUm) / pitchUm, Require.Positive(axialSigmaUm) / pitchUm), pitchUm);
    }

    /// <summary>A function as somebody computed or measured it.</summary>
    /// <param name="shape">Odd extents; the point lies in the middle.</param>
    /// <param name="values">Row-major, on any scale.</param>
    /// <exception cref="ArgumentException">An extent is even, the count differs, a value is negative or not finite, or all are 0.</exception>
    public static PointSpreadFunction FromSamples(VolumeShape shape, ReadOnlySpan<float> values, double pitchUm)
    {
        if (shape.Z % 2 == 0 || shape.Y % 2 == 0 || shape.X % 2 == 0 || shape.Voxels != values.Length)
            throw new ArgumentException($"The function is {shape} with {values.Length} values; odd extents with one value each are accepted.");
        var doubles = new double[values.Length];
        for (int i = 0; i < doubles.Length; i++) doubles[i] = values[i];
        return new PointSpreadFunction(shape, doubles, Require.Positive(pitchUm), null);
    }

    /// <summary>The standard deviation of a Gaussian of this full width at half maximum, in the same unit.</summary>
    public static double SigmaOfFwhm(double fwhm) => fwhm / (2 * Math.Sqrt(2 * Math.Log(2)));

    /// <summary>With z and x exchanged: the blur of an axial section, laid over a lateral one.</summary>
    public PointSpreadFunction Rotated()
    {
        var shape = new VolumeShape(Shape.X, Shape.Y, Shape.Z);
        var values = new double[_values.Length];
        for (int z = 0, i = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++, i++) values[i] = At(x, y, z);
            }
        }
        return new PointSpreadFunction(shape, values, PitchUm, null);
    }

    /// <summary>Made equal in all directions.</summary>
    public PointSpreadFunction MadeIsotropic(IsotropicAverage average = IsotropicAverage.FocalPlane)
    {
        if (average == IsotropicAverage.FocalPlane && Gaussian is { } widths)
            return OfWidths(new(widths.LateralPx, widths.LateralPx), PitchUm);
        int radius = average == IsotropicAverage.FocalPlane
            ? Math.Min(Shape.Y, Shape.X) / 2
            : Math.Max(Shape.Z, Math.Max(Shape.Y, Shape.X)) / 2;
        return Revolve(new RadialProfile(this, average, radius), radius);
    }

    /// <summary>What a plane sees of structures that do not change along z: the sum over z, (y, x).</summary>
    public PlaneKernel Marginal()
    {
        var sums = new double[Shape.PlaneVoxels];
        for (int i = 0; i < _values.Length; i++) sums[i % sums.Length] += _values[i];
        return new PlaneKernel(Shape.Y, Shape.X, sums);
    }

    /// <summary>Standard deviation along each axis, pixels.</summary>
    public (double Z, double Y, double X) Deviations()
    {
        double z2 = 0, y2 = 0, x2 = 0;
        for (int i = 0; i < _values.Length; i++)
        {
            int x = i % Shape.X - Shape.X / 2, y = i / Shape.X % Shape.Y - Shape.Y / 2, z = i / Shape.PlaneVoxels - Shape.Z / 2;
            z2 += _values[i] * (double)z * z;
            y2 += _values[i] * (double)y * y;
            x2 += _values[i] * (double)x * x;
        }
        return (Math.Sqrt(z2), Math.Sqrt(y2), Math.Sqrt(x2));
    }

    internal float At(int z, int y, int x) => _values[(z * Shape.Y + y) * Shape.X + x];

    private static PointSpreadFunction OfWidths(GaussianWidths widths, double pitchUm)
    {
        double[] lateral = Bell(widths.LateralPx), axial = Bell(widths.AxialPx);
        var shape = new VolumeShape(axial.Length, lateral.Length, lateral.Length);
        Require.InRange(shape.Voxels, 1, MaxVoxels, "Voxels of the point spread function");
        var values = new double[shape.Voxels];
        for (int z = 0, i = 0; z < shape.Z; z++)
        {
            for (int y = 0; y < shape.Y; y++)
            {
                for (int x = 0; x < shape.X; x++, i++) values[i] = axial[z] * lateral[y] * lateral[x];
            }
        }
        return new PointSpreadFunction(shape, values, pitchUm, widths);
    }

    internal static double[] Bell(double sigma)
    {
        int radius = (int)Require.InRange(Math.Ceiling(Reach * sigma), 1, 1 << 14, "Reach of the Gaussian in pixels");
        return [.. Enumerable.Range(-radius, 2 * radius + 1).Select(x => Math.Exp(-x * x / (2 * sigma * sigma)))];
    }

    private PointSpreadFunction Revolve(RadialProfile profile, int radius)
    {
        int extent = 2 * radius + 1;
        var shape = new VolumeShape(extent, extent, extent);
        var values = new double[shape.Voxels];
        for (int z = -radius, i = 0; z <= radius; z++)
        {
            for (int y = -radius; y <= radius; y++)
            {
                for (int x = -radius; x <= radius; x++, i++) values[i] = profile.At(Math.Sqrt(z * z + y * y + x * x));
            }
        }
        return new PointSpreadFunction(shape, values, PitchUm, null);
    }
}
