using System.Buffers;

namespace Acquisition.Transport.Wire;

/// <summary>Part 0 of every message: acq.&lt;stream&gt;.&lt;kind&gt;.</summary>
internal static class Topic
{
    public const int LongestStream = 32;

    private static readonly SearchValues<char> StreamLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static bool IsStream(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= LongestStream && !name.ContainsAnyExcept(StreamLetters);
}
