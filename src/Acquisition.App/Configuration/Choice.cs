using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Acquisition.App.Configuration;

/// <summary>One word out of a fixed set.</summary>
internal sealed class Choice<T>(params ImmutableArray<(string Word, T Value)> words) : ValueKind<T> where T : notnull
{
    public override string Accepted { get; } =
        words.Length == 2 ? $"{words[0].Word} or {words[1].Word}" : "one of " + string.Join(", ", words.Select(word => word.Word));

    public override bool TryRead(string text, [MaybeNullWhen(false)] out T value)
    {
        foreach (var (word, meaning) in words)
        {
            if (word != text) continue;
            value = meaning;
            return true;
        }

        value = default;
        return false;
    }

    public override string Write(T value) =>
        words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word;

    public override string? Hint(string text) =>
        NearestName.Of(text, words.Select(word => word.Word)) is { } near ? $"did you mean {near}?" : null;
}
