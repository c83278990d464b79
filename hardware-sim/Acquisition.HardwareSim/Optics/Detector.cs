using Acquisition.Core;

namespace Acquisition.HardwareSim.Optics;

/// <summary>Turns photons into camera counts (ADU), with noise or without. 16 bits.</summary>
internal sealed record Detector
{
    /// <summary>Photoelectrons of a sample in the brightest spot of a channel's first volume; greater than zero.</summary>
    public required double PeakPhotons { get; init => field = Require.Positive(value); }

    /// <summary>Counts in the dark; ADU, 0 to 65,535.</summary>
    public required double OffsetAdu { get; init => field = Require.InRange(value, 0, ushort.MaxValue); }

    /// <summary>Counts per photoelectron; ADU/e⁻, greater than zero.</summary>
    public required double GainAdu { get; init => field = Require.Positive(value); }

    /// <summary>Standard deviation of the amplifier's noise; e⁻.</summary>
    public required double ReadNoise { get; init => field = Require.NotNegative(value); }

    /// <summary>Variance over mean of the multiplied photoelectrons; 1 (none) to 2 (exponential pulse heights).</summary>
    public required double ExcessNoise { get; init => field = Require.InRange(value, 1, 2); }

    /// <summary>Whether <see cref="Expose"/> leaves all noise out.</summary>
    public bool Noiseless { get; init; }

    /// <summary>A scientific CMOS camera: every photoelectron counts alike, each pixel has an amplifier.</summary>
    public static Detector Camera { get; } =
        new() { PeakPhotons = 200, OffsetAdu = 100, GainAdu = 1, ReadNoise = 1.6, ExcessNoise = 1 };

    /// <summary>A photomultiplier: fewer photons, no dark level, pulses of unequal height.</summary>
    public static Detector Photomultiplier { get; } =
        new() { PeakPhotons = 60, OffsetAdu = 0, GainAdu = 20, ReadNoise = 0, ExcessNoise = 1.25 };

    /// <summary>What a detector without noise would count; ADU, not rounded.</summary>
    public float Ideal(float photons) => (float)(OffsetAdu + GainAdu * Math.Max(photons, 0));

    /// <summary>Counts of one exposure, rounded and saturated; ADU in the units of <see cref="Ideal"/>.</summary>
    /// <param name="photons">Expected photoelectrons of a sample; below zero counts as zero.</param>
    public float Expose(float photons, SeededRandom random)
    {
        if (Noiseless) return Samples.Rounded(Ideal(photons), PixelType.UInt16);
        double electrons = Multiply(ShotNoise.Poisson(Math.Max(photons, 0), random), random);
        if (ReadNoise > 0) electrons += ReadNoise * random.NextNormal();
        return Samples.Rounded((float)(OffsetAdu + GainAdu * electrons), PixelType.UInt16);
    }

    // Pulse heights of mean 1 and variance F² − 1 follow a gamma law, and so does the sum of n of them.
    private double Multiply(double count, SeededRandom random)
    {
        double spread = ExcessNoise - 1;
        return spread == 0 || count == 0 ? count : spread * ShotNoise.Gamma(count / spread, random);
    }
}
