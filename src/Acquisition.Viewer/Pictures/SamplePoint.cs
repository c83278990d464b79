using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>A place in a volume, in its own samples.</summary>
internal readonly record struct SamplePoint(int Z, int Y, int X)
{
    /// <summary>The nearest place inside.</summary>
    public SamplePoint Within(VolumeShape shape) =>
        new(Math.Clamp(Z, 0, shape.Z - 1), Math.Clamp(Y, 0, shape.Y - 1), Math.Clamp(X, 0, shape.X - 1));
}
