namespace Acquisition.HardwareSim;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): the same bits for the same seed on every machine and runtime.</summary>
/// <remarks>Several numbers make one seed, so that each volume, channel and purpose has a stream of its own and none depends
/// on how many numbers another drew.</remarks>
internal sealed class SeededRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong _state;

    public SeededRandom(params ReadOnlySpan<int> seeds)
    {
        foreach (int seed in seeds) _state = Mix(_state + Gamma + (uint)seed);
    }

    public ulong NextBits() => Mix(_state += Gamma);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [min, max).</summary>
    public double Next(double min, double max) => min + (max - min) * NextUnit();

    /// <summary>Uniform in 0 … count−1.</summary>
    public int Next(int count) => (int)(NextUnit() * count);

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextUnit())) * Math.Cos(2 * Math.PI * NextUnit());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
