using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>The largest level of an OME-Zarr image, as anybody may have written it.</summary>
/// <remarks>A plane is missing where none of the files that hold chunks or shards of it is there. Within a plane, chunks that are not
/// stored have the fill value.</remarks>
internal sealed class OmeZarrInput : IStoredInput
{
    private readonly ZarrArray _array;
    private readonly PlaneBlock _planes;
    private readonly SeriesShape _pieces;

    private OmeZarrInput(string location, OmeGroup group, ZarrArray array, long budgetBytes)
    {
        (Location, _array, _planes) = (location, array, new(array, budgetBytes));
        (Format, VoxelSize) = ($"OME-Zarr {group.Version}", group.VoxelSize);
        Interval = array.Shape.T > 1 ? group.Interval : null;
        ChannelNames = group.ChannelLabels.Length == array.Shape.C ? group.ChannelLabels : Tiff.StackOrder.DefaultNames(array.Shape.C);
        _pieces = array.Shape.DividedInto(array.Piece);
    }

    public string Location { get; }

    public string Format { get; }

    public VolumeShape Shape => _array.Shape.Volume;

    public PixelType PixelType => _array.Sample.Type;

    public int TimePoints => _array.Shape.T;

    public ImmutableArray<string> ChannelNames { get; }

    public VoxelSize? VoxelSize { get; }

    public TimeSpan? Interval { get; }

    /// <param name="zarrFormat">2 for OME-Zarr 0.4, 3 for 0.5.</param>
    /// <param name="budgetBytes">Most bytes of expanded planes that are kept.</param>
    /// <exception cref="DataFormatException">It is no OME-Zarr image, or one that is not accepted.</exception>
    /// <exception cref="StorageException">It cannot be read, or needs a library that is not installed.</exception>
    public static OmeZarrInput Open(string location, int zarrFormat, long budgetBytes = PlaneBlock.DefaultBudgetBytes)
    {
        OmeGroup group = zarrFormat == 3 ? OmeGroup.Read3(location) : OmeGroup.Read2(location);
        string folder = Path.Combine(location, group.ArrayPath);
        ZarrArray array = zarrFormat == 3 ? Zarr3Array.Read(folder, group.Axes) : Zarr2Array.Read(folder, group.Axes);
        return new(location, group, array, budgetBytes);
    }

    public bool Exists(VolumeIndex index)
    {
        if (!this.Holds(index)) return false;
        for (int z = 0; z < _pieces.Z; z++)
            if (IsStored(index, z)) return true;
        return false;
    }

    /// <summary>None of a volume that is there: chunks that are not stored have the fill value, which writers make use of for dark planes.</summary>
    public ImmutableArray<int> MissingPlanes(VolumeIndex index)
    {
        this.Check(index);
        return Exists(index) ? [] : [.. Enumerable.Range(0, Shape.Z)];
    }

    public void ReadPlane(FrameIndex index, Span<byte> destination)
    {
        this.Check(index, destination);
        _planes.Read(index, destination);
    }

    public void Dispose() => _planes.Dispose();

    /// <summary>Whether a file with samples of the volume is there, among those of one row of pieces along z.</summary>
    private bool IsStored(VolumeIndex index, int z)
    {
        SeriesShape piece = new(index.T / _array.Piece.T, index.C / _array.Piece.C, z, 0, 0);
        if (_array.Keys.Separator == '/')
        {
            // The folder that holds all of them, so that volumes that are not there cost one look instead of one a file.
            string folder = _array.PathOf(piece);
            if (!Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(folder)))) return false;
        }

        for (int y = 0; y < _pieces.Y; y++)
            for (int x = 0; x < _pieces.X; x++)
                if (File.Exists(_array.PathOf(piece with { Y = y, X = x }))) return true;
        return false;
    }
}
