using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>A frame that would begin a volume that is not due, kept until the frames after it show whether the scan goes on there.</summary>
internal sealed class HeldFrame
{
    private byte[] _pixels = [];
    private FrameHeader _header;
    private ulong? _number;

    /// <summary>Whether a frame is held.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Whether the scan went on there. The frame still has no place: it gets one only where no other frame claims its plane.</summary>
    public bool IsConfirmed { get; set; }

    public ref readonly FrameHeader Header => ref _header;

    public FrameIndex Index => _header.Index;

    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>When it came, in ticks of the run's clock.</summary>
    public long Timestamp { get; private set; }

    /// <param name="number">Its number in the scan; <see langword="null"/> for one that is not believed.</param>
    public void Take(in FrameHeader header, ulong? number, ReadOnlySpan<byte> pixels, long timestamp)
    {
        if (_pixels.Length != pixels.Length) _pixels = new byte[pixels.Length];
        pixels.CopyTo(_pixels);
        (_header, _number, Timestamp, IsTaken, IsConfirmed) = (header, number, timestamp, true, false);
    }

    public void Clear() => IsTaken = IsConfirmed = false;

    /// <summary>Whether a frame was sent after this one. One that was sent before and comes late tells nothing.</summary>
    public bool IsOlderThan(ulong sequence) => _number is not { } number || sequence > number;

    /// <summary>Whether a frame that follows in the scan shows that the scan goes on where this one lies: in the same time point, or,
    /// where a volume is one plane, anywhere from there on.</summary>
    public bool IsFollowedBy(FrameIndex next, int planes) => planes == 1 ? next.T >= Index.T : next.T == Index.T;
}
