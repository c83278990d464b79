using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Values by name, or the word <c>none</c>.</summary>
internal sealed partial class NamedValues : ValueKind<string>
{
    public const string None = "none";

    public override string Accepted => $"names and values like cycle_weight=10, steps_of_critic=3, or {None}";

    public override bool Quoted => true;

    /// <summary>The values of a text that <see cref="TryRead"/> accepts.</summary>
    public static ImmutableSortedDictionary<string, string> Read(string text) => text == None
        ? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
        : Pairs(text).ToImmutableSortedDictionary(pair => pair.Groups[1].Value, pair => pair.Groups[2].Value, StringComparer.Ordinal);

    public override bool TryRead(string text, out string value)
    {
        value = text;
        return text == None || (Pairs(text).All(pair => pair.Success) && Pairs(text).DistinctBy(pair => pair.Groups[1].Value).Count() == text.Split(',').Length);
    }

    public override string Write(string value) => value;

    private static IEnumerable<Match> Pairs(string text) => text.Split(',').Select(part => Pair().Match(part.Trim()));

    [GeneratedRegex(@"^([a-z][a-z0-9_]*)=([A-Za-z0-9_.+-]+)\z")]
    private static partial Regex Pair();
}
