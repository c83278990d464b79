using System.Globalization;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Benchmarks.Live;

/// <summary>What a sending process sends.</summary>
internal sealed record Load
{
    /// <summary>As acquired.</summary>
    public required VolumeShape Shape { get; init; }

    public required Factors Factors { get; init; }

    public required int Volumes { get; init; }

    /// <summary>Frames a second; 0 for as many as the receiver takes.</summary>
    public double FramesPerSec { get; init; }

    /// <summary>Volumes that differ; the others repeat them.</summary>
    public int Distinct { get; init; } = 4;

    /// <summary>"beads", "nuclei" or "neurites".</summary>
    public string Specimen { get; init; } = "neurites";

    /// <summary>Whether the specimen is drawn on the acquired grid, which is enough where nobody looks at what is restored.</summary>
    public bool IsMadeAsScanned { get; init; }

    /// <summary>File that keeps what was made for further processes; <see langword="null"/> for none.</summary>
    public string? PreparedFile { get; init; }

    /// <summary>Photoelectrons of the brightest sample.</summary>
    public double PeakPhotons { get; init; } = 20_000;

    /// <summary>Time point before which the sender waits for a line on its input.</summary>
    public int? PauseBefore { get; init; }

    public long VolumeBytes => Shape.Voxels * sizeof(ushort);

    public ScanPlan Plan => new()
    {
        ScanId = Guid.NewGuid(),
        Stream = "bench",
        TimePoints = Volumes,
        Shape = Shape,
        PixelType = PixelType.UInt16,
        VoxelSize = new() { ZUm = 0.5 * Factors.Z, YUm = 0.2 * Factors.Y, XUm = 0.2 * Factors.X },
        Undersampling = Factors,
        Mode = "light-sheet",
        Channels = ["c0"],
        BitDepth = 16,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Shape.Z}×{Shape.Y}×{Shape.X} ×({Factors.Z},{Factors.Y},{Factors.X}){(FramesPerSec > 0 ? $", {FramesPerSec:0.#} frames/s" : "")}");

    public string ToJson() => JsonSerializer.Serialize(this);

    public static Load Parse(string json) => JsonSerializer.Deserialize<Load>(json) ?? throw new ArgumentException("No load.", nameof(json));
}
