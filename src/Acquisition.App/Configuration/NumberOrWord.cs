namespace Acquisition.App.Configuration;

/// <summary>A number, or a word for the lack of one.</summary>
internal sealed class NumberOrWord(RealNumber number, string word) : ValueKind<double?>
{
    public override string Accepted => $"{number.Accepted}, or {word}";

    public override bool TryRead(string text, out double? value)
    {
        value = null;
        if (text == word) return true;
        if (!number.TryRead(text, out double given)) return false;
        value = given;
        return true;
    }

    public override string Write(double? value) => value is { } given ? number.Write(given) : word;

    public override string? Hint(string text) => number.Hint(text);
}
