using System.CommandLine;
using System.Globalization;

namespace Acquisition.App.Commands;

/// <summary>An option that takes a whole number in a range, and says so when it is given something else.</summary>
internal static class WholeNumberOption
{
    public static Option<int?> Create(string name, int min, int max, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max) return value;
            result.AddError($"{name} is '{text}'; expected a whole number from {min} to {max}");
            return null;
        },
    };
}
