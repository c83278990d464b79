using Acquisition.Core;
using Acquisition.Viewer.Pictures;

namespace Acquisition.Viewer.Live;

/// <summary>The newest volume of one kind, channel and size. Guarded by its screen.</summary>
internal sealed class LivePicture(PictureKey key)
{
    private Picture? _shown;
    private long _number;

    public PictureKey Key => key;

    /// <summary>Whether the volume is newer or better than what is shown, or has more planes.</summary>
    public bool Wants(Slot slot) => _shown is not { } shown || slot.Index.T > shown.Index.T
        || (slot.Index.T == shown.Index.T && !shown.IsFinal);

    /// <summary>The pixels to go on with, when the volume is the one that is shown in part; for the caller to release.</summary>
    /// <param name="done">Planes of the picture that are made already.</param>
    public VolumeBuffer? GoOn(Slot slot, out int done)
    {
        done = 0;
        if (slot.Made is not null || _shown is not { } shown || shown.Index != slot.Index) return null;
        done = shown.Planes;
        shown.Pixels.Retain();
        return shown.Pixels;
    }

    /// <summary>Shows a volume, or more of it, from now on.</summary>
    /// <param name="pixels">Become the picture's own, with the caller's reference.</param>
    public void Publish(Slot slot, VolumeBuffer pixels, int planes)
    {
        bool isMore = _shown?.Pixels == pixels;
        if (!isMore) _number++;
        _shown?.Pixels.Release();
        _shown = new Picture(
            key.Kind, slot.Index, slot.Source, slot.Pixels.Shape,
            key.Reduction, pixels, planes, slot.Made?.Provenance, _number, slot.CameUnixMs);
    }

    /// <returns>The picture, for the caller to release.</returns>
    public Picture? Lend()
    {
        _shown?.Pixels.Retain();
        return _shown;
    }

    public void Drop()
    {
        _shown?.Pixels.Release();
        _shown = null;
    }
}
