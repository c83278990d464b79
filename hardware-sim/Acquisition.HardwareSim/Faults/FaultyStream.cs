using Acquisition.Core;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Faults;

/// <summary>Falsifies, loses, copies and disorders the frames of a stream. One object for one passage of the stream.</summary>
/// <remarks>Every frame draws numbers of its own: what strikes one depends on no other frame, nor on the faults asked for.</remarks>
/// <param name="counts">Receives every fault that struck.</param>
internal sealed class FaultyStream(FaultOptions faults, ScanSummary counts)
{
    private const double OtherScanShare = 0.05;
    private const int OtherScanStream = 1, OrderStream = 2;

    private readonly FrameFaults _frameFaults = new(faults, counts);
    private readonly Guid _otherScan = Seeded(faults.Seed);
    private long _otherSequence;
    private int _unreadable;

    public IEnumerable<Outgoing> Apply(IEnumerable<Outgoing> stream) => Delay(Reorder(Strike(stream)));

    private IEnumerable<Outgoing> Strike(IEnumerable<Outgoing> stream)
    {
        foreach (Outgoing item in stream)
        {
            if (!item.Message.IsFrame)
            {
                yield return item;
                continue;
            }

            FrameIndex index = item.Message.FrameHeader?.Index ?? new FrameIndex(int.MaxValue, 0, _unreadable++);
            var chance = new SeededRandom(faults.Seed, index.T, index.C, index.Z);
            (double drop, double duplicate, double otherScan, double delay) = (chance.NextUnit(), chance.NextUnit(), chance.NextUnit(), chance.NextUnit());
            if (drop < faults.Drop)
            {
                counts.Dropped++;
                continue;
            }

            Outgoing frame = item with
            {
                Message = _frameFaults.Apply(item.Message, chance),
                IsOwnFrame = true,
                IsDelayed = delay < faults.Delay,
                MadeAs = item.Message.Id,
            };
            if (frame.IsDelayed) counts.Delayed++;
            yield return frame;
            if (duplicate < faults.Duplicate)
            {
                counts.Duplicated++;
                yield return frame with { IsOwnFrame = false };
            }

            if (faults.SecondScan && otherScan < OtherScanShare)
            {
                counts.OtherScan++;
                yield return item with { Message = item.Message.WithScan(_otherScan).With("seq", _otherSequence++) };
            }
        }
    }

    /// <summary>Lets frames of one volume wait and leave in random order.</summary>
    private IEnumerable<Outgoing> Reorder(IEnumerable<Outgoing> stream)
    {
        int window = faults.Shuffle ? int.MaxValue : faults.ReorderWindow ?? 1;
        var chance = new SeededRandom(faults.Seed, OrderStream);
        var waiting = new List<Outgoing>();
        foreach (Outgoing item in stream)
        {
            if (window > 1 && item.Message.IsFrame)
            {
                waiting.Add(item.Keep());
                if (waiting.Count >= window) yield return TakeOne(waiting, chance);
                continue;
            }

            while (waiting.Count > 0) yield return TakeOne(waiting, chance);
            yield return item;
        }

        while (waiting.Count > 0) yield return TakeOne(waiting, chance);
    }

    /// <summary>Lets delayed messages leave with the first message that is due after them, and the end after all of them.</summary>
    private IEnumerable<Outgoing> Delay(IEnumerable<Outgoing> stream)
    {
        var late = new Queue<Outgoing>(); // all by the same time, so in order
        foreach (Outgoing item in stream)
        {
            while (late.Count > 0 && (item.Message.IsEnd || late.Peek().At + faults.DelayBy <= item.At)) yield return late.Dequeue();
            if (item.IsDelayed) late.Enqueue(item.Keep());
            else yield return item;
        }

        while (late.Count > 0) yield return late.Dequeue();
    }

    private static Outgoing TakeOne(List<Outgoing> waiting, SeededRandom chance)
    {
        int i = chance.Next(waiting.Count);
        Outgoing taken = waiting[i];
        waiting.RemoveAt(i);
        return taken;
    }

    private static Guid Seeded(int seed)
    {
        var bits = new SeededRandom(seed, OtherScanStream);
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, bits.NextBits());
        BitConverter.TryWriteBytes(bytes[8..], bits.NextBits());
        return new Guid(bytes);
    }
}
