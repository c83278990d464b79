using System.Globalization;

namespace Acquisition.App.Configuration;

/// <summary>A number within bounds; the lower bound can be excluded.</summary>
internal sealed class RealNumber(double min, double max, bool minExcluded = false) : ValueKind<double>
{
    public override string Accepted => string.Create(
        CultureInfo.InvariantCulture, $"a number {(minExcluded ? "above" : "from")} {min} {(minExcluded ? "up " : "")}to {max}");

    public override bool TryRead(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        && (minExcluded ? value > min : value >= min) && value <= max;

    public override string Write(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    public override string? Hint(string text) =>
        text.Contains(',', StringComparison.Ordinal) ? "write a point, not a comma, before decimals" : null;
}
