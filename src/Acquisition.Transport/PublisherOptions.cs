using Acquisition.Core;

namespace Acquisition.Transport;

/// <summary>Where restored volumes go out. Every value is checked, also through <c>with</c>.</summary>
public sealed record PublisherOptions
{
    /// <summary>"tcp://host:port" or "ipc://path"; when binding, port * or 0 picks a free one.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public required string Address { get; init => field = SocketRequire.Address(value); }

    /// <summary>Whether this side owns the address and listeners connect to it. Default: it does.</summary>
    public bool Bind { get; init; } = true;

    /// <summary>Who may be at the other end. Default: anybody, over connections that are not encrypted.</summary>
    public SocketSecurity Security { get; init; } = new();

    /// <summary>Name of the outgoing stream, [a-z0-9-]{1,32}. Default <see langword="null"/>: that of the scan, and
    /// "restored" for a status before any scan.</summary>
    /// <exception cref="ArgumentException">It is not a stream's name.</exception>
    public string? Stream { get; init => field = SocketRequire.StreamOrNull(value); }

    /// <summary>Messages that may wait for a slow listener before it loses some; 1 to 1000. Default 4: volumes are large.</summary>
    public int HighWaterMark { get; init => field = Require.InRange(value, 1, 1000, nameof(HighWaterMark)); } = 4;
}
