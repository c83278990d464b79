namespace Acquisition.App.Configuration;

/// <summary>One word out of a set.</summary>
internal sealed class OneOf(params IReadOnlyList<string> words) : ValueKind<string>
{
    public override string Accepted => "one of " + string.Join(", ", words);

    public override bool TryRead(string text, out string value)
    {
        value = text;
        return words.Contains(text);
    }

    public override string Write(string value) => value;

    public override string? Hint(string text) => NearestName.Of(text, words) is { } near ? $"did you mean {near}?" : null;
}
