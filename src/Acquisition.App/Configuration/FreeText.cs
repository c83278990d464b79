using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>A name that people gave something, or the word <c>unknown</c>.</summary>
internal sealed partial class FreeText : ValueKind<string?>
{
    private const string Unknown = "unknown";

    public override string Accepted => $"a name of at most 64 characters, or {Unknown}";

    public override bool Quoted => true;

    public override bool TryRead(string text, out string? value)
    {
        value = text == Unknown ? null : text;
        return Name().IsMatch(text);
    }

    public override string Write(string? value) => value ?? Unknown;

    [GeneratedRegex(@"^[^\p{Cc}\s]([^\p{Cc}]{0,62}[^\p{Cc}\s])?\z")]
    private static partial Regex Name();
}
