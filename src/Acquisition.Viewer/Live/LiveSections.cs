using Acquisition.Core;
using Acquisition.Viewer.Pictures;

namespace Acquisition.Viewer.Live;

/// <summary>The newest planes through one place. Guarded by its screen.</summary>
internal sealed class LiveSections(SectionsKey key)
{
    private Sections? _shown;

    public SectionsKey Key => key;

    /// <summary>Whether the volume is newer or better than the one that is shown.</summary>
    public bool Wants(Slot slot) => _shown is not { } shown || slot.Index.T > shown.Index.T
        || (slot.Index.T == shown.Index.T && shown.Source == PictureSource.Preview);

    /// <summary>Shows the planes of a volume from now on.</summary>
    /// <param name="pixels">Become the sections' own, with the caller's reference.</param>
    public void Publish(Slot slot, VolumeBuffer pixels)
    {
        Drop();
        _shown = new Sections(key.Kind, slot.Index, slot.Source, slot.Pixels.Shape, key.At, pixels, slot.Made?.Provenance, slot.CameUnixMs);
    }

    /// <returns>The sections, for the caller to release.</returns>
    public Sections? Lend()
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
