using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Shares;

/// <summary>The raw dataset of another run, to be read.</summary>
internal sealed class RunVolumes(ZarrReader reader) : IVolumeStore
{
    public string Location => reader.Location;

    public void Write(VolumeIndex index, VolumeBuffer volume) => throw new InvalidOperationException($"'{Location}' is only read.");

    public void Read(VolumeIndex index, VolumeBuffer destination) => reader.ReadVolume(index, destination);
}
