using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Values by name, or the word <c>none</c>.</summary>
internal sealed partial class NamedValues : ValueKind<ImmutableSortedDictionary<string, string>>
{
    private const string None = "none";

    public override string Accepted => $"names and values like cycle_weight=10, steps_of_critic=3, or {None}";

    public override bool Quoted => true;

    public override bool TryRead(string text, out ImmutableSortedDictionary<string, string> value)
    {
        value = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (text == None) return true;
        foreach (string part in text.Split(','))
        {
            Match match = Pair().Match(part.Trim());
            if (!match.Success || value.ContainsKey(match.Groups[1].Value)) return false;
            value = value.Add(match.Groups[1].Value, match.Groups[2].Value);
        }

        return true;
    }

    public override string Write(ImmutableSortedDictionary<string, string> value) =>
        value.IsEmpty ? None : string.Join(", ", value.Select(pair => $"{pair.Key}={pair.Value}"));

    [GeneratedRegex(@"^([a-z][a-z0-9_]*)=([A-Za-z0-9_.+-]+)\z")]
    private static partial Regex Pair();
}
