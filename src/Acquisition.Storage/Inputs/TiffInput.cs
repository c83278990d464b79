using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inputs;

/// <summary>One TIFF: a series of volumes as its description tells, or planes of one volume.</summary>
internal sealed class TiffInput : IStoredInput
{
    private readonly TiffStack _stack;

    private TiffInput(string location, TiffStack stack, TiffOrigin origin)
    {
        (Location, _stack) = (location, stack);
        (Format, Interval) = (origin.Format, stack.TimePoints > 1 ? origin.Interval : null);
    }

    public string Location { get; }

    public string Format { get; }

    public VolumeShape Shape => _stack.Shape;

    public PixelType PixelType => _stack.PixelType;

    public int TimePoints => _stack.TimePoints;

    public ImmutableArray<string> ChannelNames => _stack.ChannelNames;

    public VoxelSize? VoxelSize => _stack.VoxelSize;

    public TimeSpan? Interval { get; }

    /// <exception cref="StorageException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">It is no TIFF, is damaged, or is of a kind that is not accepted.</exception>
    public static TiffInput Open(string location)
    {
        TiffStack stack = TiffStack.Open(location);
        try
        {
            InputLimits.Check(location, TiffFolder.Series(stack), stack.PixelType);
            return new(location, stack, TiffOrigin.Read(location));
        }
        catch
        {
            stack.Dispose();
            throw;
        }
    }

    public bool Exists(VolumeIndex index) => this.Holds(index);

    public ImmutableArray<int> MissingPlanes(VolumeIndex index)
    {
        this.Check(index);
        return [];
    }

    public void ReadPlane(FrameIndex index, Span<byte> destination)
    {
        this.Check(index, destination);
        _stack.ReadPlane(index, destination);
    }

    public void Dispose() => _stack.Dispose();
}
