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
        bool isTcp = value.StartsWith("tcp://", StringComparison.Ordinal) && value.LastIndexOf(':') is > 6 and int colon
            && colon < value.Length - 1;
        bool isIpc = value.StartsWith("ipc://", StringComparison.Ordinal) && value.Length > 6;
        return isTcp || isIpc
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
}
