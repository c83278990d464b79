using System.Globalization;

namespace Acquisition.App.Configuration;

/// <summary>A duration whose key ends in <c>_s</c>; the value is the number of seconds alone.</summary>
/// <param name="max">Longest accepted duration, seconds.</param>
internal sealed class Seconds(double max) : ValueKind<TimeSpan>
{
    /// <summary>Shorter durations are below what a run can notice.</summary>
    private const double Shortest = 0.1;

    public override string Accepted =>
        string.Create(CultureInfo.InvariantCulture, $"a number of seconds from {Shortest} to {max}");

    public override bool TryRead(string text, out TimeSpan value)
    {
        bool accepted = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds >= Shortest && seconds <= max;
        value = accepted ? TimeSpan.FromSeconds(seconds) : default;
        return accepted;
    }

    public override string Write(TimeSpan value) => value.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);

    public override string? Hint(string text) => UnitHint.ForSeconds(text);
}
