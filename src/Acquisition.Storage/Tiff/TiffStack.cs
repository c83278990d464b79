using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Tiff;

/// <summary>Reads planes of a TIFF file: OME-TIFF, ImageJ hyperstack or plain stack.</summary>
#pragma warning disable CA1711 // "Stack" is the field's word for an ordered set of planes.
public sealed class TiffStack : IDisposable
#pragma warning restore CA1711
{
    public static TiffStack Open(string path) => throw new NotSupportedException();

    public int TimePoints => throw new NotSupportedException();

    public int Channels => throw new NotSupportedException();

    public VolumeShape Shape => throw new NotSupportedException();

    public PixelType PixelType => throw new NotSupportedException();

    public VoxelSize? VoxelSize => throw new NotSupportedException();

    public ImmutableArray<string> ChannelNames => throw new NotSupportedException();

    public void ReadPlane(FrameIndex index, Span<byte> destination) => throw new NotSupportedException();

    public void Dispose() => throw new NotSupportedException();
}
