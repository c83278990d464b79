namespace Acquisition.Core;

/// <summary>What a frame says of itself, already checked against the wire protocol but not against a scan's plan.</summary>
/// <param name="ScanId">The scan the frame belongs to.</param>
/// <param name="Sequence">0-based number of the message within its scan.</param>
/// <param name="Index">Where the plane goes.</param>
/// <param name="Height">Rows; the pixels are (y, x).</param>
/// <param name="Width">Columns.</param>
/// <param name="PixelType">Type of the pixels that follow.</param>
/// <param name="CameraFrame">The camera's own counter.</param>
/// <param name="CameraStampNs">The camera's own clock; nanoseconds, arbitrary origin.</param>
/// <param name="SentUnixNs">Source clock when the message was made; Unix nanoseconds.</param>
public readonly record struct FrameHeader(
    Guid ScanId, ulong Sequence, FrameIndex Index, int Height, int Width, PixelType PixelType,
    long CameraFrame, long CameraStampNs, long SentUnixNs);

/// <summary>Names a message among all of a scan.</summary>
/// <param name="Sequence">0-based number of the message within its scan.</param>
public readonly record struct MessageId(Guid ScanId, ulong Sequence);

/// <summary>How a source closed its scan.</summary>
/// <param name="FramesSent">Frames the source says it sent in all.</param>
/// <param name="Status">"completed", "aborted" or "failed".</param>
/// <param name="Reason">Free text of the source; text, never markup.</param>
public sealed record ScanEnd(Guid ScanId, ulong Sequence, long FramesSent, string Status, string Reason);

/// <summary>Why a message or frame was not taken. Each is counted; none ends a scan.</summary>
public enum RefusalReason
{
    /// <summary>Wrong number of parts, or a topic outside acq.&lt;stream&gt;.&lt;kind&gt;.</summary>
    Malformed,
    UnsupportedVersion,
    UnknownKind,
    HeaderTooLarge,
    HeaderTooDeep,

    /// <summary>A key is missing, or its value has the wrong type or an impossible value.</summary>
    BadKey,

    /// <summary>nbytes, shape times dtype and the length of the pixels do not agree.</summary>
    SizeMismatch,
    PayloadTooLarge,

    /// <summary>Shape or dtype is not the one announced by the scan.</summary>
    PlanMismatch,
    IndexOutsideShape,
    OtherScan,
    BeforeStart,
    Duplicate,

    /// <summary>The scan had not come to the volume that its index names, and did not go on there.</summary>
    Stray,

    /// <summary>The volume it belongs to was closed as incomplete before it came.</summary>
    Late,

    /// <summary>Raw storage failed before the frame's volume was on disk; the run ends because of it.</summary>
    NotStored,

    /// <summary>It had been received and was in no volume on disk when the program was killed; counted when the run is resumed.</summary>
    LostInCrash,
}

public static class RefusalReasons
{
    private static readonly string[] Names =
        [.. Enum.GetNames<RefusalReason>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName)];

    /// <summary>The reason as it stands in ledger and report: "size-mismatch".</summary>
    public static string Name(this RefusalReason reason) => Names[(int)reason];
}
