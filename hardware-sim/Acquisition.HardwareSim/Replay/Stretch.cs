using Acquisition.Core;

namespace Acquisition.HardwareSim.Replay;

/// <summary>Maps a channel's darkest and brightest samples to the ends of 16 bits, once a scan.</summary>
internal sealed class Stretch
{
    private const double DarkestPercent = 0.1;
    private const double BrightestPercent = 99.99;

    private readonly double _dark;
    private readonly double _bright;

    /// <summary>Takes percentiles 0.1 and 99.99 of a volume, interpolated between neighbouring ranks.</summary>
    /// <exception cref="DataFormatException">The two are equal.</exception>
    public Stretch(FloatVolume first)
    {
        float[] sorted = [.. first.Samples];
        Array.Sort(sorted);
        (_dark, _bright) = (Percentile(sorted, DarkestPercent), Percentile(sorted, BrightestPercent));
        if (!(_bright > _dark))
        {
            throw new DataFormatException(
                $"The first volume is {_dark} nearly everywhere, so there is no contrast to stretch. Leave --stretch out.");
        }
    }

    /// <summary>Stretches in place; the result is rounded and clipped to uint16.</summary>
    public void Apply(FloatVolume volume)
    {
        double scale = ushort.MaxValue / (_bright - _dark);
        Span<float> samples = volume.Samples;
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = Samples.Rounded((float)((samples[i] - _dark) * scale), PixelType.UInt16);
        }
    }

    private static double Percentile(float[] sorted, double percent)
    {
        double rank = (sorted.Length - 1) * percent / 100;
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
