using Acquisition.Core;

namespace Acquisition.Transport;

/// <summary>Where a microscope or a simulator of one sends its frames. Every value is checked, also through <c>with</c>.</summary>
public sealed record SenderOptions
{
    /// <summary>Default: <see cref="SocketPattern.PushPull"/>, which loses nothing.</summary>
    public SocketPattern Pattern { get; init => field = SocketRequire.Known(value); } = SocketPattern.PushPull;

    /// <summary>"tcp://host:port" or "ipc://path"; when binding, port * or 0 picks a free one.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public required string Address { get; init => field = SocketRequire.Address(value); }

    /// <summary>Whether this side owns the address and the receiver connects to it. Default: it does.</summary>
    public bool Bind { get; init; } = true;

    /// <summary>Who may be at the other end. Default: anybody, over connections that are not encrypted.</summary>
    public SocketSecurity Security { get; init; } = new();

    /// <summary>Messages that may wait for the receiver; 1 to 1000. Default 8.</summary>
    public int HighWaterMark { get; init => field = Require.InRange(value, 1, 1000, nameof(HighWaterMark)); } = 8;

    /// <summary>How long what was taken for sending may still go out after disposal; 0 to 10 minutes. Default 5 s.</summary>
    public TimeSpan Linger { get; init => field = SocketRequire.Linger(value); } = TimeSpan.FromSeconds(5);
}
