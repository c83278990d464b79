using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

/// <summary>How far a scan has come, by the indices and the numbers of its frames: which volumes can begin next. One thread.</summary>
internal sealed class ScanFront
{
    private readonly int[] _newest;
    private readonly ulong _framesPerTimePoint;
    private ulong? _reached;

    public ScanFront(ScanPlan plan)
    {
        _newest = new int[plan.Channels.Length];
        Array.Fill(_newest, -1);
        _framesPerTimePoint = (ulong)plan.Shape.Z * (ulong)plan.Channels.Length;
    }

    /// <summary>The latest volume of a channel that has begun; its time point is −1 before the first.</summary>
    public VolumeIndex Newest(int channel) => new(_newest[channel], channel);

    public void NoteBegun(VolumeIndex index) => _newest[index.C] = Math.Max(_newest[index.C], index.T);

    /// <param name="sequence">Of a frame that has a place, waits for one, or came with an index that is none.</param>
    public void NoteReached(ulong sequence) => _reached = Math.Max(_reached ?? 0, sequence);

    /// <summary>Whether a volume can begin with this frame: it is the channel's next and the one before is over, or so many messages are
    /// missing right before the frame that the scan can have come so far, or the frame is late itself.</summary>
    /// <param name="sequence"><see langword="null"/> for a number that is not believed.</param>
    public bool IsDue(VolumeIndex index, ulong? sequence, bool isNewestOpen)
    {
        if (index.T == _newest[index.C] + 1L && !isNewestOpen) return true;
        if (sequence is not { } number || _reached is not { } reached) return false;
        if (number <= reached) return true;
        ulong lost = number - reached - 1;
        long skipped = Math.Max(0, index.T - _newest.Max() - 1L);
        return lost > 0 && index.T > _newest[index.C] && lost / _framesPerTimePoint >= (ulong)skipped;
    }
}
