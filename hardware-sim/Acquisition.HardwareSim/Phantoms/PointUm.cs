namespace Acquisition.HardwareSim.Phantoms;

/// <summary>A place or a displacement in the specimen; micrometres from the corner of the field.</summary>
internal readonly record struct PointUm(double Z, double Y, double X)
{
    public double Length => Math.Sqrt(Dot(this));

    public static PointUm operator +(PointUm a, PointUm b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    public static PointUm operator -(PointUm a, PointUm b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);

    public static PointUm operator *(PointUm a, double b) => new(a.Z * b, a.Y * b, a.X * b);

    public double Dot(PointUm other) => Z * other.Z + Y * other.Y + X * other.X;

    /// <summary>A direction of length 1, all equally likely.</summary>
    public static PointUm Direction(SeededRandom random)
    {
        var normal = new PointUm(random.NextNormal(), random.NextNormal(), random.NextNormal());
        return normal * (1 / Math.Max(normal.Length, 1e-9));
    }
}
