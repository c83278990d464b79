namespace Acquisition.App.Configuration;

/// <summary><c>true</c> or <c>false</c>; the other words for it in older YAML are refused, with the word to write.</summary>
internal sealed class Flag : ValueKind<bool>
{
    public override string Accepted => "true or false";

    public override bool TryRead(string text, out bool value)
    {
        value = text == "true";
        return text is "true" or "false";
    }

    public override string Write(bool value) => value ? "true" : "false";

    public override string? Hint(string text) => text.ToUpperInvariant() switch
    {
        "YES" or "ON" or "TRUE" or "1" => "write true",
        "NO" or "OFF" or "FALSE" or "0" => "write false",
        _ => null,
    };
}
