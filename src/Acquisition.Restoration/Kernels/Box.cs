namespace Acquisition.Restoration.Kernels;

/// <summary>Some rows of some planes. May reach beyond the volume, where there is nothing to compute.</summary>
internal readonly record struct Box(int Z, int EndZ, int Y, int EndY)
{
    public static Box All(Activations map) => new(0, map.Z, 0, map.Y);

    public bool IsEmpty => EndZ <= Z || EndY <= Y;

    /// <summary>The part inside a map.</summary>
    public Box In(Activations map) => new(Math.Max(0, Z), Math.Min(map.Z, EndZ), Math.Max(0, Y), Math.Min(map.Y, EndY));
}
