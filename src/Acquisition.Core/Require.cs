using System.Numerics;
using System.Runtime.CompilerServices;

namespace Acquisition.Core;

/// <summary>Guards for values that cross a boundary; each names the parameter, the value found and what is accepted.</summary>
public static class Require
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is zero, negative or not finite.</exception>
    public static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T> =>
        T.IsFinite(value) && value > T.Zero
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be finite and greater than zero.");

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative or not finite.</exception>
    public static T NotNegative<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T> =>
        T.IsFinite(value) && value >= T.Zero
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must be finite and not negative.");

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> lies outside [min, max].</exception>
    public static T InRange<T>(T value, T min, T max, [CallerArgumentExpression(nameof(value))] string name = "") where T : INumber<T> =>
        value >= min && value <= max
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; it must lie between {min} and {max}.");
}
