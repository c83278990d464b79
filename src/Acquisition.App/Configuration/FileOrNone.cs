using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Path of a file, or the word <c>none</c>.</summary>
internal sealed partial class FileOrNone : ValueKind<string?>
{
    private const string None = "none";

    public override string Accepted => $"the path of a file, or {None}";

    public override bool Quoted => true;

    public override bool TryRead(string text, out string? value)
    {
        value = text == None ? null : text;
        return AnyPath().IsMatch(text);
    }

    public override string Write(string? value) => value ?? None;

    [GeneratedRegex(@"^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*\z")]
    private static partial Regex AnyPath();
}
