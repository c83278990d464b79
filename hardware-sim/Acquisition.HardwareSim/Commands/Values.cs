using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Acquisition.Core;

namespace Acquisition.HardwareSim.Commands;

/// <summary>Options whose values need more than the library's parser; faults name what was found and what is accepted.</summary>
internal static class Values
{
    /// <summary>Three values for z, y, x: "2,4,4"; a single one stands for all three.</summary>
    public static Option<Factors> Factors(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "z,y,x",
        DefaultValueFactory = _ => Core.Factors.One,
        CustomParser = result =>
        {
            if (Triple<int>(result) is not { } f) return Core.Factors.One;
            var factors = new Factors(f.Z, f.Y, f.X);
            if (!factors.IsSupported) result.AddError($"{name} is {factors}; each must be 1, 2 or 4.");
            return factors;
        },
    };

    public static Option<VolumeShape?> Shape(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "z,y,x",
        CustomParser = result =>
        {
            if (Triple<int>(result) is not { } s) return null;
            if (IsExtent(s.Z) && IsExtent(s.Y) && IsExtent(s.X)) return new VolumeShape(s.Z, s.Y, s.X);
            result.AddError($"{name} is {s.Z},{s.Y},{s.X}; each must lie between 1 and {ScanPlan.MaxExtent}.");
            return null;
        },
    };

    public static Option<VoxelSize?> SizeUm(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "z,y,x",
        CustomParser = result =>
        {
            if (Triple<double>(result) is not { } s) return null;
            if (IsSize(s.Z) && IsSize(s.Y) && IsSize(s.X)) return new VoxelSize { ZUm = s.Z, YUm = s.Y, XUm = s.X };
            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"{name} is {s.Z},{s.Y},{s.X}; each must be a number of micrometres greater than zero."));
            return null;
        },
    };

    /// <summary>A number within [min, max].</summary>
    public static Option<T> Number<T>(string name, string description, T min, T max, T byDefault) where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => InRange(result, name, min, max) ?? byDefault,
    };

    /// <summary>A number within [min, max] that may be left out.</summary>
    public static Option<T?> OptionalNumber<T>(string name, string description, T min, T max) where T : struct, INumber<T> => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result => InRange(result, name, min, max),
    };

    /// <summary>One of some words.</summary>
    public static Option<string> Choice(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => words[0] };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static bool IsExtent(int samples) => samples is >= 1 and <= ScanPlan.MaxExtent;

    private static bool IsSize(double um) => double.IsFinite(um) && um > 0;

    private static T? InRange<T>(ArgumentResult result, string name, T min, T max) where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        if (T.TryParse(text, CultureInfo.InvariantCulture, out T value) && value >= min && value <= max) return value;
        string kind = typeof(T) == typeof(double) ? "number" : "whole number";
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a {kind} between {min} and {max}."));
        return null;
    }

    private static (T Z, T Y, T X)? Triple<T>(ArgumentResult result) where T : struct, IParsable<T>
    {
        string text = result.Tokens[0].Value;
        string[] parts = text.Split(',');
        if (parts.Length == 1) parts = [parts[0], parts[0], parts[0]];
        if (parts.Length == 3
            && T.TryParse(parts[0], CultureInfo.InvariantCulture, out T z)
            && T.TryParse(parts[1], CultureInfo.InvariantCulture, out T y)
            && T.TryParse(parts[2], CultureInfo.InvariantCulture, out T x))
        {
            return (z, y, x);
        }

        string kind = typeof(T) == typeof(int) ? "whole numbers" : "numbers";
        result.AddError($"'{text}' is not three {kind} z,y,x; write them like 2,4,4 or one for all three.");
        return null;
    }
}
