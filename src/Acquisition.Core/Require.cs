using System.Numerics;
using System.Runtime.CompilerServices;

namespace Acquisition.Core;

/// <summary>Guards for values that cross a boundary; each names the parameter or property, the value found and what is accepted.</summary>
/// <remarks>The last two parameters are the compiler's: what was passed, and where.</remarks>
public static class Require
{
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is zero, negative or not finite.</exception>
    public static T Positive<T>(
        T value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "")
        where T : INumber<T> =>
        T.IsFinite(value) && value > T.Zero ? value : throw Refusal(value, name, member, "must be finite and greater than zero");

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative or not finite.</exception>
    public static T NotNegative<T>(
        T value, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "")
        where T : INumber<T> =>
        T.IsFinite(value) && value >= T.Zero ? value : throw Refusal(value, name, member, "must be finite and not negative");

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> lies outside [min, max].</exception>
    public static T InRange<T>(
        T value, T min, T max, [CallerArgumentExpression(nameof(value))] string name = "", [CallerMemberName] string member = "")
        where T : INumber<T> =>
        value >= min && value <= max ? value : throw Refusal(value, name, member, $"must lie between {min} and {max}");

    private static ArgumentOutOfRangeException Refusal<T>(T value, string name, string member, string rule)
    {
        // Inside a setter the argument is always called "value"; people know the property.
        string subject = name == "value" ? member : name;
        return new ArgumentOutOfRangeException(subject, value, $"{subject} is {value}; it {rule}.");
    }
}
