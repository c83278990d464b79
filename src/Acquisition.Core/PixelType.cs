using System.Collections.Immutable;

namespace Acquisition.Core;

/// <summary>How one sample is stored: little-endian, in camera units.</summary>
public enum PixelType
{
    UInt8,
    UInt16,
    Float32,
}

public static class PixelTypes
{
    /// <summary>Names on the wire and in OME-Zarr, in the order of <see cref="PixelType"/>.</summary>
    public static ImmutableArray<string> Names { get; } = ["uint8", "uint16", "float32"];

    public static int Bytes(this PixelType type) => type switch
    {
        PixelType.UInt8 => 1,
        PixelType.UInt16 => 2,
        PixelType.Float32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a pixel type."),
    };

    /// <summary>The largest value the type can hold; <see cref="float.MaxValue"/> for floating point.</summary>
    public static float MaxValue(this PixelType type) => type switch
    {
        PixelType.UInt8 => byte.MaxValue,
        PixelType.UInt16 => ushort.MaxValue,
        _ => float.MaxValue,
    };

    public static string Name(this PixelType type) => Names[(int)type];

    public static bool TryParse(string? name, out PixelType type)
    {
        int index = name is null ? -1 : Names.IndexOf(name);
        type = (PixelType)Math.Max(index, 0);
        return index >= 0;
    }
}
