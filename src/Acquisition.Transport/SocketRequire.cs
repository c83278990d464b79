using System.Globalization;
using System.Runtime.CompilerServices;
using Acquisition.Transport.Wire;

namespace Acquisition.Transport;

/// <summary>Guards for socket settings; each message names the setting, the value found and what is accepted.</summary>
internal static class SocketRequire
{
    private static readonly TimeSpan LongestLinger = TimeSpan.FromMinutes(10);

    public static SocketPattern Known(SocketPattern value, [CallerMemberName] string name = "") =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be PubSub or PushPull.");

    public static string Address(string value, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return IsTcp(value) || (value.StartsWith("ipc://", StringComparison.Ordinal) && value.Length > 6)
            ? value
            : throw new ArgumentException($"{name} is '{value}'; it must be tcp://host:port or ipc://path.", name);
    }

    public static string? StreamOrNull(string? value, [CallerMemberName] string name = "") =>
        value is null || Topic.IsStream(value)
            ? value
            : throw new ArgumentException(
                $"{name} is '{value}'; it must be 1 to 32 of the letters a to z, digits and hyphens.", name);

    public static TimeSpan Linger(TimeSpan value, [CallerMemberName] string name = "") =>
        value >= TimeSpan.Zero && value <= LongestLinger
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must lie between 0 and {LongestLinger}.");

    // ZeroMQ itself takes port 99999 for 34463.
    private static bool IsTcp(string value)
    {
        const string Scheme = "tcp://";
        int colon = value.LastIndexOf(':');
        return value.StartsWith(Scheme, StringComparison.Ordinal) && colon > Scheme.Length
            && (value.AsSpan(colon + 1) is "*" || ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, null, out _));
    }
}
