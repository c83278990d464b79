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
    private bool Decide(ScanPlan plan, in FrameHeader header, ReadOnlySpan<byte> pixels)
    {
        if (!_held.IsTaken) return true;
        if (header.Index == _held.Index)
        {
            if (pixels.SequenceEqual(_held.Pixels)) return false;
            RefuseHeld(); // of two frames for one plane the one in sequence is true
            return true;
        }

        bool isOver = header.Index.T != _held.Index.T && _held.IsOlderThan(header.Sequence);
        if (!_held.IsConfirmed && _held.IsFollowedBy(header.Index, plan.Shape.Z))
        {
            if (Find(_held.Index.Volume) is null) Open(plan, _held.Index.Volume);
            _held.IsConfirmed = true;
        }

        if (isOver && _held.IsConfirmed) PlaceHeld();
        else if (isOver) RefuseHeld();
        return true;
    }

    /// <summary>A frame with an index that is none was not lost: its number explains no leap of the one after it.</summary>
    private void NoteOutside(ulong? number)
    {
        if (number is { } reached) _front!.NoteReached(reached);
    }

    private void Hold(in FrameHeader header, ulong? number, ReadOnlySpan<byte> pixels)
    {
        if (_held.IsTaken) PlaceHeld();
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
