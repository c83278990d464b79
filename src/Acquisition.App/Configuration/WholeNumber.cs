using System.Globalization;
using System.Numerics;

namespace Acquisition.App.Configuration;

/// <summary>An integer within bounds, both included.</summary>
internal sealed class WholeNumber<T>(T min, T max) : ValueKind<T> where T : IBinaryInteger<T>
{
    public override string Accepted => string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");

    public override bool TryRead(string text, out T value) =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value!) && value >= min && value <= max;

    public override string Write(T value) => value.ToString(null, CultureInfo.InvariantCulture);

    public override string? Hint(string text) =>
        double.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsInteger(number) && text.Contains(',', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"write {number} without separators")
            : null;
}
