using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acquisition.HardwareSim.Sending;

/// <summary>What was sent; the last line of output.</summary>
internal sealed record ScanSummary
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required Guid Scan { get; init; }

    /// <summary>"completed" or "aborted".</summary>
    public required string Status { get; init; }

    /// <summary>Frames that left, copies not counted.</summary>
    public required long FramesSent { get; init; }

    /// <summary>Frames lost on purpose.</summary>
    public required long Dropped { get; init; }

    /// <summary>Copies sent on purpose.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Frames of another scan sent in between.</summary>
    public required long OtherScan { get; init; }

    /// <summary>Volumes begun.</summary>
    public required long Volumes { get; init; }

    /// <summary>Pixels that left, copies and other scans included.</summary>
    public required long Bytes { get; init; }

    /// <summary>From the moment a receiver took the first announcement.</summary>
    public required double Seconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Truth { get; init; }

    public required string Address { get; init; }

    /// <summary>One line of JSON, keys in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
