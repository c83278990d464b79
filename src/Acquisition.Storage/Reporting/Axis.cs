namespace Acquisition.Storage.Reporting;

/// <summary>Maps values to [0, 1] along an axis, and marks round ones.</summary>
internal sealed record Axis(double Low, double High, bool IsLogarithmic, IReadOnlyList<double> Ticks)
{
    private const int FewestTicks = 4;

    /// <summary>From a round value at or below <paramref name="least"/> to one at or above <paramref name="most"/>.</summary>
    public static Axis Linear(double least, double most)
    {
        if (most - least < 1e-9 * Math.Max(1, Math.Abs(most))) (least, most) = (least - 0.5, most + 0.5);
        double step = RoundStep((most - least) / FewestTicks);
        long first = (long)Math.Floor(least / step + 1e-9), last = (long)Math.Ceiling(most / step - 1e-9);
        double[] ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        return new(ticks[0], ticks[^1], false, ticks);
    }

    /// <summary>Ticks at 1, 2 and 5 times powers of ten, or at the powers alone where these are many.</summary>
    /// <param name="least">Greater than zero.</param>
    public static Axis Logarithmic(double least, double most)
    {
        int first = (int)Math.Floor(Math.Log10(least)), last = (int)Math.Ceiling(Math.Log10(most));
        double[] factors = last - first <= 2 ? [1, 2, 5] : [1];
        double[] ticks = [.. Enumerable.Range(first, last - first + 1).SelectMany(power => factors.Select(factor => factor * Math.Pow(10, power)))];
        double low = ticks.Last(tick => tick <= least * 1.000001), high = ticks.First(tick => tick >= most * 0.999999);
        return new(low, high, true, [.. ticks.Where(tick => tick >= low && tick <= high)]);
    }

    /// <summary>The largest of 1, 2 and 5 times a power of ten that is not above <paramref name="step"/>.</summary>
    public static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-12));
        return power * (step / power) switch { >= 4.999999 => 5, >= 1.999999 => 2, _ => 1 };
    }

    /// <summary>0 at the low end, 1 at the high end; values outside stay at the ends.</summary>
    public double Place(double value) => IsLogarithmic
        ? value <= Low ? 0 : Math.Clamp(Math.Log(value / Low) / Math.Log(High / Low), 0, 1)
        : Math.Clamp((value - Low) / (High - Low), 0, 1);
}
