namespace Acquisition.Restoration.Registration;

/// <summary>A rectangle of a plane, in pixels.</summary>
public readonly record struct PlaneBox(int Y, int X, int Height, int Width)
{
    public int EndY => Y + Height;

    public int EndX => X + Width;

    /// <summary>Row of the middle; with a half for even heights.</summary>
    public double MiddleY => Y + (Height - 1) / 2.0;

    public double MiddleX => X + (Width - 1) / 2.0;

    public bool Holds(PlaneBox other) => other.Y >= Y && other.X >= X && other.EndY <= EndY && other.EndX <= EndX;

    public bool Meets(PlaneBox other) => other.Y < EndY && Y < other.EndY && other.X < EndX && X < other.EndX;
}
