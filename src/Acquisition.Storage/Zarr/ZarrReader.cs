using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Reads a dataset that this program wrote, without its plan.</summary>
public sealed class ZarrReader
{
    public static ZarrReader Open(string path) => throw new NotSupportedException();

    public int TimePoints => throw new NotSupportedException();

    public int Channels => throw new NotSupportedException();

    public ImmutableArray<string> ChannelNames => throw new NotSupportedException();

    public VolumeShape Shape => throw new NotSupportedException();

    public PixelType PixelType => throw new NotSupportedException();

    public VoxelSize VoxelSize => throw new NotSupportedException();

    public bool Exists(VolumeIndex index) => throw new NotSupportedException();

    public void ReadVolume(VolumeIndex index, VolumeBuffer destination) => throw new NotSupportedException();
}
