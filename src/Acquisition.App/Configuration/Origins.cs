using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Sites as browsers name them, between spaces; the word <c>none</c>, or <c>*</c> for every site.</summary>
internal sealed partial class Origins : ValueKind<ImmutableArray<string>>
{
    private const string None = "none";

    public override string Accepted => $"sites like https://example.org between spaces, {None}, or * for every site";

    public override bool Quoted => true;

    public override bool TryRead(string text, out ImmutableArray<string> value)
    {
        value = text == None ? [] : [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return text is None or "*" || (value.Length > 0 && value.All(site => Site().IsMatch(site)));
    }

    public override string Write(ImmutableArray<string> value) => value.IsEmpty ? None : string.Join(' ', value);

    [GeneratedRegex(@"^https?://([A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\z")]
    private static partial Regex Site();
}
