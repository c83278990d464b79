namespace Acquisition.Transport.Recording;

/// <summary>What a recording came to.</summary>
public sealed record RecordingSummary
{
    public long Messages => Starts + Frames + Ends + Others;

    /// <summary>Announcements, repeated ones included.</summary>
    public long Starts { get; init; }

    public long Frames { get; init; }

    public long Ends { get; init; }

    /// <summary>Messages whose topic says none of these.</summary>
    public long Others { get; init; }

    /// <summary>From the first message to the last.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why it ended, for people.</summary>
    public string Reason { get; init; } = "";
}
