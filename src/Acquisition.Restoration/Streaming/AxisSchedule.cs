using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Streaming;

/// <summary>Which planes of one grid a plane of the other is made from, in z, mirrored borders included: what must have come before a
/// plane can be made, and what may be forgotten once it is.</summary>
internal sealed class AxisSchedule
{
    private readonly int _factor;

    public AxisSchedule(int coarse, int fine, int factor)
    {
        _factor = factor;
        LastFine = new int[coarse];
        FirstFine = new int[coarse];
        LastCoarse = new int[fine];
        FirstCoarse = new int[fine];
        CubicTaps down = CubicTaps.Shrinking(factor), up = CubicTaps.Enlarging(factor);
        for (int q = 0; q < coarse; q++) Note(q, q * factor + down.First(0), down.Weights(0).Length, fine, LastFine, FirstFine);
        for (int z = 0; z < fine; z++) Note(z, z / factor + up.First(z % factor), 4, coarse, LastCoarse, FirstCoarse);

        // Planes are made in order, so each also waits for what those before it need, and leaves what those after it need.
        for (int q = coarse - 2; q >= 0; q--) FirstFine[q] = Math.Min(FirstFine[q], FirstFine[q + 1]);
        for (int z = fine - 2; z >= 0; z--) FirstCoarse[z] = Math.Min(FirstCoarse[z], FirstCoarse[z + 1]);
        for (int q = 1; q < coarse; q++) LastFine[q] = Math.Max(LastFine[q], LastFine[q - 1]);
        for (int z = 1; z < fine; z++) LastCoarse[z] = Math.Max(LastCoarse[z], LastCoarse[z - 1]);

        // One more group of fine planes, so that a group can be made at once.
        FineInUse = Enumerable.Range(0, coarse).Max(q => LastFine[q] - FirstFine[q] + 1) + factor - 1;
        CoarseInUse = Enumerable.Range(0, fine).Max(z => LastCoarse[z] - FirstCoarse[z] + 1);
    }

    /// <summary>For each coarse plane, the last fine one that it or one before it is shrunk from.</summary>
    public int[] LastFine { get; }

    /// <summary>For each coarse plane, the first fine one that it or one after it is shrunk from.</summary>
    public int[] FirstFine { get; }

    /// <summary>For each fine plane, the last coarse one that it or one before it is enlarged from.</summary>
    public int[] LastCoarse { get; }

    /// <summary>For each fine plane, the first coarse one that it or one after it is enlarged from.</summary>
    public int[] FirstCoarse { get; }

    /// <summary>Fine planes that are needed at once for shrinking.</summary>
    public int FineInUse { get; }

    /// <summary>Coarse planes that are needed at once for enlarging.</summary>
    public int CoarseInUse { get; }

    /// <summary>Fine planes between one that arrives and the one that is finished by it after some rounds of back-projection, both
    /// included: 1 where z is not undersampled, otherwise 2 and 6 a round for a factor of 2, and 4 and 12 a round for 4; at most all.</summary>
    public int FinePlanesUnderWay(int rounds)
    {
        int[] arrival = [.. Enumerable.Range(0, LastCoarse.Length)];
        for (int round = 0; round < rounds; round++)
            arrival = [.. LastCoarse.Select((last, z) => Math.Max(arrival[z], arrival[LastFine[last]]))];
        return arrival.Select((last, z) => last - z + 1).Max();
    }

    private void Note(int index, int first, int taps, int length, int[] last, int[] oldest)
    {
        (last[index], oldest[index]) = (0, int.MaxValue);
        if (_factor == 1) (first, taps) = (index, 1);
        for (int t = 0; t < taps; t++)
        {
            int at = CubicTaps.Mirror(first + t, length);
            last[index] = Math.Max(last[index], at);
            oldest[index] = Math.Min(oldest[index], at);
        }
    }
}
