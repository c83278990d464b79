using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Which page holds which plane, and what the file says of distances and channels.</summary>
internal sealed record StackOrder
{
    public required int TimePoints { get; init; }

    public required int Channels { get; init; }

    public required int Planes { get; init; }

    /// <summary>Page of each plane, by (t, c, z) in C order.</summary>
    public required int[] Pages { get; init; }

    /// <summary><see langword="null"/> unless the file gives all three in a unit of length.</summary>
    public VoxelSize? VoxelSize { get; init; }

    public required ImmutableArray<string> ChannelNames { get; init; }

    /// <summary>What the description is of, for people.</summary>
    public string Kind { get; init; } = "TIFF stack";

    /// <summary>What the file says of how it was made: names and values.</summary>
    public ImmutableArray<(string Name, string Value)> Notes { get; init; } = [];

    public int PageOf(FrameIndex index) => Pages[(index.T * Channels + index.C) * Planes + index.Z];

    /// <summary>Pages are planes of one volume, in order.</summary>
    public static StackOrder Plain(int pages) => new()
    {
        TimePoints = 1,
        Channels = 1,
        Planes = pages,
        Pages = [.. Enumerable.Range(0, pages)],
        ChannelNames = DefaultNames(1),
    };

    public static ImmutableArray<string> DefaultNames(int channels) =>
        [.. Enumerable.Range(0, channels).Select(c => $"Channel {c}")];

    /// <summary>µm of a unit's name, or <see langword="null"/> when it is no unit of length.</summary>
    public static double? Micrometers(string unit) => unit switch
    {
        "µm" or "μm" or "\\u00B5m" or "um" or "micron" or "microns" or "micrometer" => 1,
        "nm" or "nanometer" => 1e-3,
        "Å" or "angstrom" => 1e-4,
        "pm" => 1e-6,
        "mm" or "millimeter" => 1e3,
        "cm" or "centimeter" => 1e4,
        "m" or "meter" => 1e6,
        "in" or "inch" => 25_400,
        _ => null,
    };

    /// <summary>All three distances, or <see langword="null"/> when one is missing or not positive.</summary>
    public static VoxelSize? Voxel(double? zUm, double? yUm, double? xUm) =>
        IsDistance(zUm) && IsDistance(yUm) && IsDistance(xUm)
            ? new() { ZUm = zUm!.Value, YUm = yUm!.Value, XUm = xUm!.Value }
            : null;

    private static bool IsDistance(double? um) => um is { } value && double.IsFinite(value) && value > 0;
}
