using Acquisition.Core;
using Acquisition.Viewer.Pictures;

namespace Acquisition.Viewer.Live;

/// <summary>A volume of the run's that waits to become a picture.</summary>
/// <param name="Pixels">Retained as long as it waits, by <see cref="Retain"/>.</param>
/// <param name="Made">The volume as it was restored; <see langword="null"/> for a raw one.</param>
/// <param name="Planes">Planes that are final, from the first on.</param>
/// <param name="CameUnixMs">When the run handed it over.</param>
internal sealed record Slot(Guid Scan, VolumeIndex Index, VolumeBuffer Pixels, RestoredVolume? Made, int Planes, long CameUnixMs)
{
    public bool IsComplete => Planes == Pixels.Shape.Z;

    public PictureSource Source => Made?.Provenance.Provisional == true ? PictureSource.Preview : PictureSource.Live;

    public void Retain()
    {
        if (Made is { } volume) volume.Retain();
        else Pixels.Retain();
    }

    public void Release()
    {
        if (Made is { } volume) volume.Release();
        else Pixels.Release();
    }
}
