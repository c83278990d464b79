using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acquisition.HardwareSim.Sending;

/// <summary>What was sent, counted as it is sent; the last line of output.</summary>
internal sealed class ScanSummary
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required Guid Scan { get; init; }

    /// <summary>"completed" or "aborted".</summary>
    public string Status { get; set; } = "completed";

    /// <summary>Frames that left, copies not counted.</summary>
    public long FramesSent { get; set; }

    /// <summary>Frames lost on purpose.</summary>
    public long Dropped { get; set; }

    /// <summary>Copies sent on purpose.</summary>
    public long Duplicated { get; set; }

    /// <summary>Frames of another scan sent in between.</summary>
    public long OtherScan { get; set; }

    /// <summary>Frames that left after one with a higher number, for whatever reason.</summary>
    public long Disordered { get; set; }

    /// <summary>Frames held back on purpose.</summary>
    public long Delayed { get; set; }

    /// <summary>Frames sent with half their pixels.</summary>
    public long Truncated { get; set; }

    public long HeadersCorrupted { get; set; }

    public long LengthsCorrupted { get; set; }

    public long SequencesCorrupted { get; set; }

    public long IndicesWrong { get; set; }

    public long IndicesStray { get; set; }

    public long ClockJumps { get; set; }

    public long Stalls { get; set; }

    public long Disconnects { get; set; }

    public long Restarts { get; set; }

    /// <summary>Volumes begun.</summary>
    public long Volumes { get; set; }

    /// <summary>Pixels that left, copies and other scans included.</summary>
    public long Bytes { get; set; }

    /// <summary>From the moment a receiver took the first announcement.</summary>
    public double Seconds { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Truth { get; init; }

    public required string Address { get; init; }

    /// <summary>One line of JSON, keys in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
