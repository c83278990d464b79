using Acquisition.Core;

namespace Acquisition.Pipeline.Assembly;

// A frame with a wrong index inside the plan must not open a volume that the scan has not come to: closed for its silence, the volume would
// lose its own frames, and while it is open the wrong plane would stand where the right one belongs. At most one frame is held.
internal sealed partial class VolumeAssembler
{
    private readonly HeldFrame _held = new();
    private ScanFront? _front;

    /// <summary>Lets a frame of the scan decide about the one that is held.</summary>
    /// <returns>False for a copy of it.</returns>
    private bool Decide(ScanPlan plan, in FrameHeader header, ulong? number, ReadOnlySpan<byte> pixels)
    {
        if (!_held.IsTaken) return true;
        if (header.Index == _held.Index)
        {
            if (pixels.SequenceEqual(_held.Pixels)) return false;
            RefuseHeld(); // of two frames for one plane the one in sequence is true
            return true;
        }

        // A frame that is doubtful itself refutes nothing.
        bool isNews = header.Index.T != _held.Index.T && _held.IsOlderThan(header.Sequence);
        bool isSure = Find(header.Index.Volume) is not null || IsDue(header.Index.Volume, number);
        if (!_held.IsConfirmed && _held.IsFollowedBy(header.Index, plan.Shape.Z))
        {
            if (Find(_held.Index.Volume) is null) Open(plan, _held.Index.Volume);
            _held.IsConfirmed = true;
        }

        if (isNews && _held.IsConfirmed && (isSure || header.Index.T == _held.Index.T + 1)) PlaceHeld();
        else if (isNews && !_held.IsConfirmed && isSure) RefuseHeld();
        return true;
    }

    /// <summary>A frame with an index that is none was not lost: its number explains no leap of the one after it.</summary>
    private void NoteOutside(ulong? number)
    {
        if (number is { } reached) _front!.NoteReached(reached);
    }

    private void Hold(in FrameHeader header, ulong? number, ReadOnlySpan<byte> pixels)
    {
        if (_held.IsConfirmed) PlaceHeld();
        if (_held.IsTaken)
        {
            // Of two that are doubtful, the one nearer to where the scan has come is kept.
            int newest = _front!.Newest(header.Index.C).T;
            if (Math.Abs((long)header.Index.T - newest) >= Math.Abs((long)_held.Index.T - newest))
            {
                Refuse(header, RefusalReason.Stray);
                return;
            }

            RefuseHeld();
        }

        _held.Take(header, number, pixels, _lastHeard);
        _counters.NotePlaced();
    }

    /// <summary>Puts the held frame, which was confirmed, into its volume: nobody else claims the plane.</summary>
    private void PlaceHeld()
    {
        PartialVolume volume = Find(_held.Index.Volume)!; // open since it was confirmed
        FillFromHeld(volume);
        if (volume.IsComplete) Close(volume);
    }

    private void FillFromHeld(PartialVolume volume)
    {
        _held.Clear();
        Put(volume, _held.Index.Z, _held.Pixels, _held.Timestamp);
    }

    private void RefuseHeld()
    {
        _held.Clear();
        _counters.NoteTakenBack();
        Refuse(_held.Header, RefusalReason.Stray);
    }
}
