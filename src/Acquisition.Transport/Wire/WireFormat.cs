namespace Acquisition.Transport.Wire;

/// <summary>Numbers of the wire protocol, version 1.</summary>
internal static class WireFormat
{
    public const int Version = 1;

    public const int MaxHeaderBytes = 64 * 1024;

    /// <summary>Maps and arrays inside each other, the header itself included.</summary>
    public const int MaxDepth = 4;

    public const int MaxChannels = 64;

    /// <summary>What a microscope may call itself.</summary>
    public static readonly string[] Modes = ["light-sheet", "two-photon", "other"];

    /// <summary>How a scan may end.</summary>
    public static readonly string[] EndStates = ["completed", "aborted", "failed"];
}
