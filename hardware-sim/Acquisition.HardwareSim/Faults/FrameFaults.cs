using Acquisition.Core;
using Acquisition.HardwareSim.Sending;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Faults;

/// <summary>What goes wrong inside single frames.</summary>
internal sealed class FrameFaults(FaultOptions faults, ScanSummary counts)
{
    /// <summary>A byte that begins no MessagePack value.</summary>
    private const byte NeverUsed = 0xC1;

    private static readonly long HourNs = (long)TimeSpan.FromHours(1).TotalNanoseconds;

    private long _clockShiftNs;

    /// <param name="chance">The frame's own; as many numbers are drawn whatever happens.</param>
    public WireMessage Apply(WireMessage frame, SeededRandom chance)
    {
        (double truncate, double length, double index) = (chance.NextUnit(), chance.NextUnit(), chance.NextUnit());
        (double clock, double ahead, double header, int how) = (chance.NextUnit(), chance.NextUnit(), chance.NextUnit(), chance.Next(3));
        (double sequence, double leap) = (chance.NextUnit(), chance.Next(1e9, 1e15));
        (double stray, int volumes) = (chance.NextUnit(), 1 + chance.Next(3));
        if (clock < faults.ClockJump)
        {
            counts.ClockJumps++;
            _clockShiftNs += ahead < 0.5 ? HourNs : -HourNs;
        }

        if (frame.FrameHeader is not { } said) return frame; // a recording may hold frames that nobody can read
        if (_clockShiftNs != 0)
            frame = frame.With("stamp_ns", said.CameraStampNs + _clockShiftNs).With("t_ns", said.SentUnixNs + _clockShiftNs);
        if (index < faults.WrongIndex)
        {
            counts.IndicesWrong++;
            frame = frame.With("index.z", said.Index.Z + (long)ScanPlan.MaxExtent);
        }

        if (stray < faults.StrayIndex)
        {
            counts.IndicesStray++;
            frame = frame.With("index.t", (long)said.Index.T + volumes);
        }

        if (sequence < faults.CorruptSequence)
        {
            counts.SequencesCorrupted++;
            frame = frame.With("seq", (long)said.Sequence + (long)leap);
        }

        if (length < faults.CorruptLength)
        {
            counts.LengthsCorrupted++;
            frame = frame.With("nbytes", frame.Parts[^1].Length + 1L);
        }

        if (truncate < faults.Truncate && frame.Parts.Count > 2)
        {
            counts.Truncated++;
            frame = frame.WithPixels(frame.Parts[2][..(frame.Parts[2].Length / 2)]);
        }

        if (header < faults.CorruptHeader)
        {
            counts.HeadersCorrupted++;
            frame = frame.WithHeader(Corrupt(frame.Parts[1], how));
        }

        return frame;
    }

    private static ReadOnlyMemory<byte> Corrupt(ReadOnlyMemory<byte> header, int how)
    {
        if (how == 0) return header[..(header.Length / 2)];
        byte[] bytes = header.ToArray();
        int key = bytes.AsSpan().IndexOf("index"u8);
        if (how == 1 || key < 0) bytes[0] = NeverUsed;
        else bytes[key] ^= 1;
        return bytes;
    }
}
