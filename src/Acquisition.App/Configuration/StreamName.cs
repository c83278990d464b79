using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Name of a stream as the wire protocol allows it, or <c>*</c> for none in particular.</summary>
internal sealed partial class StreamName : ValueKind<string?>
{
    private const string Any = "*";

    public override string Accepted => "1 to 32 of the characters a-z, 0-9 and -, or \"*\"";

    public override bool Quoted => true;

    public override bool TryRead(string text, out string? value)
    {
        value = text == Any ? null : text;
        return text == Any || Form().IsMatch(text);
    }

    public override string Write(string? value) => value ?? Any;

    public override string? Hint(string text) =>
        Form().IsMatch(text.ToLowerInvariant()) ? $"write {text.ToLowerInvariant()}" : null;

    [GeneratedRegex(@"^[a-z0-9-]{1,32}\z")]
    private static partial Regex Form();
}
