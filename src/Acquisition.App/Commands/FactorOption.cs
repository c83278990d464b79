using System.CommandLine.Parsing;
using Acquisition.Core;

namespace Acquisition.App.Commands;

/// <summary>Factors of undersampling on a command line.</summary>
internal static class FactorOption
{
    public const string HelpName = "z,y,x";

    /// <summary>Three factors, or one for all axes.</summary>
    public static Factors Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int[] axes = [.. text.Split(',').Select(part => part is "1" or "2" or "4" ? part[0] - '0' : 0)];
        Factors factors = axes switch { [var all] => new(all, all, all), [var z, var y, var x] => new(z, y, x), _ => default };
        if (!factors.IsSupported) result.AddError($"--factor is '{text}'; expected 1, 2 or 4 for each of z,y,x, such as 1,2,2, or one for all three");
        return factors;
    }
}
