namespace Acquisition.Restoration.Uncertainty;

/// <summary>The steps of an uncertainty map: a standard error in one byte, in logarithmic steps below a full range.</summary>
/// <remarks>A byte v from 1 to 255 says full · 2^((v − 255) / 16): steps of 4.4 %, down to 1/60,000 of the range; errors are
/// smallest where a linear scale would have no steps left. 255 also stands for everything larger, 1 for everything smaller.</remarks>
public static class ErrorScale
{
    /// <summary>The byte for a voxel whose error nobody can tell, and of volumes without a map.</summary>
    public const byte Unknown = 0;

    public const int StepsPerOctave = 16;

    /// <summary>The byte nearest to an error on the logarithmic scale.</summary>
    /// <param name="share">Standard error over the full range, not negative; NaN is unknown.</param>
    public static byte Encode(double share) => double.IsNaN(share)
        ? Unknown
        : (byte)Math.Clamp(Math.Round(byte.MaxValue + StepsPerOctave * Math.Log2(share)), 1, byte.MaxValue);

    /// <returns>Standard error over the full range; NaN for unknown.</returns>
    public static double Decode(byte step) =>
        step == Unknown ? double.NaN : Math.Pow(2, (step - byte.MaxValue) / (double)StepsPerOctave);
}
