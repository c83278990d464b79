using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inputs.NdTiff;

/// <summary>The beginning of a file of an NDTiff, and what its summary metadata tell.</summary>
internal sealed record NdTiffSummary
{
    /// <summary>Stands after the header of a TIFF that belongs to an NDTiff.</summary>
    public const uint Mark = 483_729;

    private const uint SummaryMark = 2_355_492;
    private const int HeaderBytes = 28, MaxSummaryBytes = 64 << 20;

    public required string Version { get; init; }

    public required VoxelSize? VoxelSize { get; init; }

    public required TimeSpan? Interval { get; init; }

    public required ImmutableArray<string> ChannelNames { get; init; }

    /// <exception cref="DataFormatException">It is no file of NDTiff 3, or damaged.</exception>
    public static NdTiffSummary Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || header[0] != 'I' || header[1] != 'I'
            || At(header, 8) != Mark)
            throw new DataFormatException($"'{path}' is no file of an NDTiff: it begins with {Convert.ToHexString(header[..12])}; "
                + $"accepted are TIFFs in little-endian order with the mark {Mark} at 8.");
        uint major = At(header, 12);
        if (major != 3 || At(header, 20) != SummaryMark)
            throw new DataFormatException($"'{path}' is of NDTiff {major}; accepted is 3. Convert it with Micro-Manager's own tools.");
        uint length = At(header, 24);
        if (length > Math.Min(MaxSummaryBytes, file.Length - HeaderBytes))
            throw new DataFormatException($"'{path}': its summary metadata should have {length} bytes; the file has {file.Length}, "
                + $"and at most {MaxSummaryBytes} are accepted.");
        var json = new byte[length];
        file.ReadExactly(json);
        return Parse($"{major}.{At(header, 16)}", JsonPlace.Parse($"{path} (summary metadata)", json));
    }

    private static NdTiffSummary Parse(string version, JsonPlace summary)
    {
        double? Number(params string[] keys) => keys.Select(key => summary.Find(key)?.NumberOrNull).FirstOrDefault(value => value is not null);

        double? pixel = Number("PixelSize_um", "PixelSizeUm");
        double? step = Number("z-step_um", "ZStep", "ZStep_um", "ZStepUm");
        JsonPlace? names = summary.Find("ChNames");
        return new()
        {
            Version = version,
            VoxelSize = StackOrder.Voxel(step is { } z ? Math.Abs(z) : null, pixel, pixel),
            Interval = TiffOrigin.Time(Number("Interval_ms"), "ms"),
            ChannelNames = names is { Value.ValueKind: JsonValueKind.Array } list ? [.. list.Items.Select(name => name.TextOrNull ?? "")] : [],
        };
    }

    private static uint At(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(header[offset..]);
}
