namespace Acquisition.Restoration.Registration;

/// <summary>How far what one image shows lies further along y and x in another; pixels.</summary>
public readonly record struct Shift(double Y, double X)
{
    public double Length => Math.Sqrt(Y * Y + X * X);

    public static Shift operator +(Shift a, Shift b) => new(a.Y + b.Y, a.X + b.X);
}
