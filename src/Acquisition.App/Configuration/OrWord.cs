namespace Acquisition.App.Configuration;

/// <summary>A value, or a word for the lack of one.</summary>
internal sealed class OrWord<T>(ValueKind<T> kind, string word) : ValueKind<T?> where T : struct
{
    public override string Accepted => $"{kind.Accepted}, or {word}";

    public override bool TryRead(string text, out T? value)
    {
        value = null;
        if (text == word) return true;
        if (!kind.TryRead(text, out T given)) return false;
        value = given;
        return true;
    }

    public override string Write(T? value) => value is { } given ? kind.Write(given) : word;

    public override string? Hint(string text) => kind.Hint(text);
}
