using Acquisition.Core;

namespace Acquisition.Restoration.Registration;

/// <summary>Two images that may show the same: planes of two volumes, which all lie off by one field.</summary>
internal readonly record struct ImagePair(FloatVolume Moving, FloatVolume Target, int FirstPlane, int Planes)
{
    public int Height => Target.Shape.Y;

    public int Width => Target.Shape.X;

    public int EndPlane => FirstPlane + Planes;

    /// <exception cref="RestorationException">They have not one shape, or are too small.</exception>
    public void RequireGrid()
    {
        if (Moving.Shape != Target.Shape)
            throw new RestorationException($"Images are {Moving.Shape} and {Target.Shape} (z, y, x); pairs must have one shape. Resample one onto the grid of the other first.");
        if (Math.Min(Height, Width) < PairRegistration.FewestPixels)
            throw new RestorationException($"Images are {Target.Shape} (z, y, x); registration takes {PairRegistration.FewestPixels} pixels in y and x at least.");
    }

    /// <exception cref="RestorationException">They have not one shape, are too small, or show nothing.</exception>
    public void RequireContent()
    {
        RequireGrid();
        foreach (var (name, image) in (ReadOnlySpan<(string, FloatVolume)>)[("moving", Moving), ("target", Target)])
        {
            if (IsConstant(image))
                throw new RestorationException($"The {name} image has nothing to register by: its samples are all the same or not finite. Leave the pair out.");
        }
    }

    public bool IsConstant(FloatVolume image)
    {
        float? first = null;
        for (int z = FirstPlane; z < EndPlane; z++)
        {
            foreach (float sample in image.Plane(z))
            {
                if (!float.IsFinite(sample)) continue;
                first ??= sample;
                if (sample != first) return false;
            }
        }

        return true;
    }
}
