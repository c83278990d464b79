using System.Globalization;

namespace Acquisition.HardwareSim.Replay;

/// <summary>How fast what was recorded is sent again.</summary>
/// <param name="Factor">1 keeps its timing, 2 halves every pause; infinite sends as fast as the receiver takes it.</param>
internal readonly record struct Speed(double Factor)
{
    /// <summary>A time of the recording, from its beginning, as the time to send at.</summary>
    public TimeSpan Scale(TimeSpan at) => double.IsInfinity(Factor) ? TimeSpan.Zero : at / Factor;

    public override string ToString() => Factor switch
    {
        double.PositiveInfinity => "as fast as it is taken",
        1 => "at its own pace",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Factor:0.###} times as fast"),
    };
}
