using System.Globalization;
using System.Numerics;

namespace Acquisition.App.Configuration;

/// <summary>An integer within bounds, both included.</summary>
/// <param name="multipleOf">Of what it must be a multiple; 1 for any.</param>
internal sealed class WholeNumber<T>(T min, T max, int multipleOf = 1) : ValueKind<T> where T : IBinaryInteger<T>
{
    public override string Accepted => string.Create(CultureInfo.InvariantCulture, $"a {(multipleOf == 1 ? "whole number" : $"multiple of {multipleOf}")} from {min} to {max}");

    public override bool TryRead(string text, out T value) =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value!)
        && value >= min && value <= max && T.IsZero(value % T.CreateChecked(multipleOf));

    public override string Write(T value) => value.ToString(null, CultureInfo.InvariantCulture);

    public override string? Hint(string text) =>
        double.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsInteger(number) && text.Contains(',', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"write {number} without separators")
            : null;
}
