using Acquisition.Core;

namespace Acquisition.Transport;

/// <summary>Where frames are received and what is accepted. Every value is checked, also through <c>with</c>.</summary>
public sealed record SourceOptions
{
    /// <summary>Largest message that one span can show; bytes.</summary>
    internal const long LargestMessageBytes = 0x7FFF_FFC7;

    /// <summary>Default: <see cref="SocketPattern.PushPull"/>, which loses nothing.</summary>
    public SocketPattern Pattern { get; init => field = SocketRequire.Known(value); } = SocketPattern.PushPull;

    /// <summary>"tcp://host:port" or "ipc://path".</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public required string Address { get; init => field = SocketRequire.Address(value); }

    /// <summary>Whether this side owns the address and senders connect to it. Default: the sender owns it.</summary>
    public bool Bind { get; init; }

    /// <summary>Who may be at the other end. Default: anybody, over connections that are not encrypted.</summary>
    public SocketSecurity Security { get; init; } = new();

    /// <summary>The one stream to listen to, [a-z0-9-]{1,32}; <see langword="null"/> for any.</summary>
    /// <exception cref="ArgumentException">It is not a stream's name.</exception>
    public string? Stream { get; init => field = SocketRequire.StreamOrNull(value); }

    /// <summary>Messages that may wait in the receiving socket; 1 to 1000. Default 8: of 8 MiB frames that is 64 MiB.</summary>
    public int HighWaterMark { get; init => field = Require.InRange(value, 1, 1000, nameof(HighWaterMark)); } = 8;

    /// <summary>Largest accepted frame; bytes, at most just under 2 GiB. Default 1 GiB.</summary>
    /// <remarks>A frame up to twice as large (or up to 16 MiB) is received, counted as refused and forgotten. A larger one
    /// is never read: the socket drops its sender's connection, the sender reconnects, and the loss shows as a gap in the
    /// sequence.</remarks>
    public long MaxPayloadBytes { get; init => field = Require.InRange(value, 1, LargestMessageBytes, nameof(MaxPayloadBytes)); } = 1L << 30;

    /// <summary>Largest part that the socket reads at all; above <see cref="MaxPayloadBytes"/>, so that a refusal can be counted.</summary>
    internal long MaxMessageBytes => Math.Min(Math.Max(2 * MaxPayloadBytes, 16L << 20), LargestMessageBytes);
}
