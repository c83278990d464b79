namespace Acquisition.Core;

/// <summary>Extent of a volume in samples, written slow to fast (z, y, x). A two-dimensional scan has Z = 1.</summary>
public readonly record struct VolumeShape(int Z, int Y, int X)
{
    /// <summary>Samples in one z plane. Fits in an <see cref="int"/> for every accepted plan.</summary>
    public int PlaneVoxels => checked(Y * X);

    public long Voxels => checked((long)Z * Y * X);

    /// <summary>The grid that is <paramref name="factors"/> times finer on each axis.</summary>
    public VolumeShape Times(Factors factors) =>
        new(checked(Z * factors.Z), checked(Y * factors.Y), checked(X * factors.X));

    public override string ToString() => $"{Z}×{Y}×{X}";
}

/// <summary>A place in a volume, in its own samples, 0-based (z, y, x).</summary>
public readonly record struct SamplePoint(int Z, int Y, int X)
{
    /// <summary>The nearest place inside.</summary>
    public SamplePoint Within(VolumeShape shape) =>
        new(Math.Clamp(Z, 0, shape.Z - 1), Math.Clamp(Y, 0, shape.Y - 1), Math.Clamp(X, 0, shape.X - 1));

    public override string ToString() => $"z{Z} y{Y} x{X}";
}

/// <summary>Integer ratio between two grids on each axis (z, y, x): 1, 2 or 4.</summary>
public readonly record struct Factors(int Z, int Y, int X)
{
    public static Factors One { get; } = new(1, 1, 1);

    public int Product => Z * Y * X;

    public bool IsSupported => IsSupportedOnAxis(Z) && IsSupportedOnAxis(Y) && IsSupportedOnAxis(X);

    public static bool IsSupportedOnAxis(int factor) => factor is 1 or 2 or 4;

    public override string ToString() => $"{Z},{Y},{X}";
}

/// <summary>Distance between neighbouring samples; micrometres, each greater than zero.</summary>
public sealed record VoxelSize
{
    public required double ZUm { get; init => field = Require.Positive(value); }

    public required double YUm { get; init => field = Require.Positive(value); }

    public required double XUm { get; init => field = Require.Positive(value); }

    /// <summary>Voxel size of the grid that is <paramref name="factors"/> times finer.</summary>
    public VoxelSize DividedBy(Factors factors) =>
        new() { ZUm = ZUm / factors.Z, YUm = YUm / factors.Y, XUm = XUm / factors.X };

    /// <summary>Where the first sample of that grid stands, seen from the first of this one. A sample is the mean over its voxel, and the
    /// finer ones tile that voxel: sample j of them stands at ((j + ½) / factor − ½) voxels.</summary>
    public Offset OriginOfFiner(Factors factors)
    {
        return new(Origin(factors.Z, ZUm), Origin(factors.Y, YUm), Origin(factors.X, XUm));

        static double Origin(int factor, double voxelUm) => (0.5 / factor - 0.5) * voxelUm;
    }

    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{ZUm:0.####}×{YUm:0.####}×{XUm:0.####} µm");
}

/// <summary>A displacement; micrometres.</summary>
public readonly record struct Offset(double Z, double Y, double X);

/// <summary>Which volume of a scan: time point and channel, 0-based.</summary>
public readonly record struct VolumeIndex(int T, int C)
{
    public override string ToString() => $"t{T} c{C}";
}

/// <summary>Which plane of a scan: time point, channel and plane, 0-based.</summary>
public readonly record struct FrameIndex(int T, int C, int Z)
{
    public VolumeIndex Volume => new(T, C);

    public override string ToString() => $"t{T} c{C} z{Z}";
}
