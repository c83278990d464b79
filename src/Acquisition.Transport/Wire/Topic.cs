using System.Buffers;
using System.Text;
using Acquisition.Core;

namespace Acquisition.Transport.Wire;

/// <summary>Part 0 of every message: acq.&lt;stream&gt;.&lt;kind&gt;.</summary>
internal static class Topic
{
    public const int LongestStream = 32;

    private static readonly SearchValues<char> StreamLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<byte> StreamBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-"u8);

    public static bool IsStream(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= LongestStream && !name.ContainsAnyExcept(StreamLetters);

    /// <summary>What a subscriber asks for: everything of one stream, or of all.</summary>
    public static string Prefix(string? stream) => stream is null ? "acq." : $"acq.{stream}.";

    public static byte[] Format(string stream, MessageKind kind) =>
        IsStream(stream)
            ? Encoding.ASCII.GetBytes($"acq.{stream}.{Name(kind)}")
            : throw new ArgumentException(
                $"The stream's name is '{stream}'; it must be 1 to 32 of the letters a to z, digits and hyphens.", nameof(stream));

    public static string Name(MessageKind kind) => kind switch
    {
        MessageKind.Start => "start",
        MessageKind.Frame => "frame",
        MessageKind.End => "end",
        MessageKind.Volume => "volume",
        _ => "status",
    };

    /// <summary>Whether a topic, well formed or not, calls its message a frame.</summary>
    public static bool SaysFrame(ReadOnlySpan<byte> topic) => topic.StartsWith("acq."u8) && topic.EndsWith(".frame"u8);

    /// <summary>Splits a topic that a source may send.</summary>
    /// <param name="stream">Part of <paramref name="topic"/>.</param>
    /// <exception cref="RefusedException">It is not well formed, or of another kind.</exception>
    public static MessageKind Parse(ReadOnlySpan<byte> topic, out ReadOnlySpan<byte> stream)
    {
        ReadOnlySpan<byte> rest = topic.StartsWith("acq."u8) ? topic[4..] : default;
        int dot = rest.IndexOf((byte)'.');
        stream = dot < 0 ? default : rest[..dot];
        if (stream.Length is 0 or > LongestStream || stream.ContainsAnyExcept(StreamBytes))
        {
            throw new RefusedException(
                RefusalReason.Malformed, $"the topic is '{Show(topic)}'; accepted is acq.<stream>.<kind>, <stream> being [a-z0-9-]{{1,32}}");
        }

        ReadOnlySpan<byte> kind = rest[(dot + 1)..];
        return kind.SequenceEqual("frame"u8) ? MessageKind.Frame
            : kind.SequenceEqual("start"u8) ? MessageKind.Start
            : kind.SequenceEqual("end"u8) ? MessageKind.End
            : throw new RefusedException(
                RefusalReason.UnknownKind, $"the topic is '{Show(topic)}'; a source sends start, frame and end");
    }

    /// <summary>The beginning of text from the wire, for people.</summary>
    public static string Show(ReadOnlySpan<byte> text) =>
        text.Length <= 64 ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..64]) + "…";
}
