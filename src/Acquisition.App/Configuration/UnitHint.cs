using System.Globalization;
using System.Text.RegularExpressions;

namespace Acquisition.App.Configuration;

/// <summary>Turns a value written with a unit into the number that the key wants.</summary>
internal static partial class UnitHint
{
    private static readonly Dictionary<string, double> InSeconds = new(StringComparer.Ordinal)
    {
        ["ns"] = 1e-9,
        ["us"] = 1e-6,
        ["µs"] = 1e-6,
        ["ms"] = 1e-3,
        ["s"] = 1,
        ["sec"] = 1,
        ["seconds"] = 1,
        ["min"] = 60,
        ["m"] = 60,
        ["minutes"] = 60,
        ["h"] = 3600,
        ["hours"] = 3600,
    };

    private static readonly Dictionary<string, double> InMebiBytes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["b"] = 1 / 1048576.0,
        ["kb"] = 1e3 / 1048576,
        ["kib"] = 1 / 1024.0,
        ["mb"] = 1e6 / 1048576,
        ["m"] = 1,
        ["mib"] = 1,
        ["gb"] = 1e9 / 1048576,
        ["g"] = 1024,
        ["gib"] = 1024,
        ["tb"] = 1e12 / 1048576,
        ["tib"] = 1048576,
    };

    public static string? ForSeconds(string text) =>
        Convert(text, InSeconds) is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"the unit is in the key; write {seconds:0.#########}")
            : null;

    public static string? ForMebiBytes(string text) =>
        Convert(text, InMebiBytes) is { } mib
            ? string.Create(CultureInfo.InvariantCulture, $"the unit is in the key; write {Math.Max(1, Math.Round(mib)):0}")
            : null;

    private static double? Convert(string text, Dictionary<string, double> units) =>
        NumberWithUnit().Match(text) is { Success: true } match
        && units.TryGetValue(match.Groups["unit"].Value, out double factor)
            ? factor * double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^\s*(?<number>[0-9]+(\.[0-9]+)?)\s*(?<unit>\p{L}+)\s*$")]
    private static partial Regex NumberWithUnit();
}
