using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Sites as browsers name them, between spaces; the word <c>none</c>, or <c>*</c> for every site.</summary>
internal sealed partial class Origins : ValueKind<string>
{
    public const string None = "none";

    public override string Accepted => $"sites like https://example.org between spaces, {None}, or * for every site";

    public override bool Quoted => true;

    public override bool TryRead(string text, out string value)
    {
        value = text;
        return Sites().IsMatch(text);
    }

    public override string Write(string value) => value;

    [GeneratedRegex(@"^(none|\*|https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?( https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?)*)\z")]
    private static partial Regex Sites();
}
