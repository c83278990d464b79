using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inputs;

/// <summary>A folder of TIFFs in natural order of their names: planes of one volume where each file holds a single plane, else time points
/// one after the other. One file is open at a time.</summary>
internal sealed class TiffFolder : IStoredInput
{
    private readonly ImmutableArray<(string File, int TimePoint)> _parts;
    private readonly bool _ofPlanes;
    private TiffStack? _open;
    private string _openFile = "";

    private TiffFolder(string location, TiffStack first, ImmutableArray<(string, int)> parts, bool ofPlanes, TiffOrigin origin)
    {
        (Location, _parts, _ofPlanes) = (location, parts, ofPlanes);
        (PixelType, VoxelSize, ChannelNames) = (first.PixelType, first.VoxelSize, first.ChannelNames);
        Shape = first.Shape with { Z = ofPlanes ? parts.Length : first.Shape.Z };
        TimePoints = ofPlanes ? 1 : parts.Length;
        Interval = TimePoints > 1 ? origin.Interval : null;
        Format = ofPlanes ? "folder of TIFFs, one a plane"
            : first.TimePoints == 1 ? "folder of TIFFs, one a time point"
            : "folder of TIFFs, several time points each";
    }

    public string Location { get; }

    public string Format { get; }

    public VolumeShape Shape { get; }

    public PixelType PixelType { get; }

    public int TimePoints { get; }

    public ImmutableArray<string> ChannelNames { get; }

    public VoxelSize? VoxelSize { get; }

    public TimeSpan? Interval { get; }

    /// <param name="files">At least one.</param>
    /// <exception cref="StorageException">A file cannot be read.</exception>
    /// <exception cref="DataFormatException">A file is no readable TIFF, or the files are not alike.</exception>
    public static TiffFolder Open(string location, ImmutableArray<string> files)
    {
        var parts = ImmutableArray.CreateBuilder<(string, int)>();
        using TiffStack first = TiffStack.Open(files[0]);
        SeriesShape series = Series(first);
        bool single = true;
        foreach (string file in files)
        {
            using TiffStack stack = TiffStack.Open(file);
            RequireAlike(files[0], first, file, stack);
            single &= Series(stack) is { T: 1, C: 1, Z: 1 };
            if ((double)parts.Count + stack.TimePoints > InputLimits.MaxTimePoints)
                throw new DataFormatException($"'{location}' has more than {InputLimits.MaxTimePoints} time points; accepted are at most so many.");
            for (int t = 0; t < stack.TimePoints; t++) parts.Add((file, t));
        }

        InputLimits.Check(location, single ? series with { Z = parts.Count } : series with { T = parts.Count }, first.PixelType);
        return new(location, first, parts.ToImmutable(), single, TiffOrigin.Read(files[0]));
    }

    public static SeriesShape Series(TiffStack stack) => new(stack.TimePoints, stack.Channels, stack.Shape.Z, stack.Shape.Y, stack.Shape.X);

    public bool Exists(VolumeIndex index) => this.Holds(index);

    public ImmutableArray<int> MissingPlanes(VolumeIndex index)
    {
        this.Check(index);
        return [];
    }

    public void ReadPlane(FrameIndex index, Span<byte> destination)
    {
        this.Check(index, destination);
        (string file, int timePoint) = _parts[_ofPlanes ? index.Z : index.T];
        if (file != _openFile || _open is null)
        {
            _open?.Dispose();
            _open = null;
            _open = TiffStack.Open(file);
            _openFile = file;
        }

        FrameIndex inside = new(timePoint, index.C, _ofPlanes ? 0 : index.Z);
        SeriesShape found = Series(_open), expected = new(timePoint + 1, ChannelNames.Length, _ofPlanes ? 1 : Shape.Z, Shape.Y, Shape.X);
        if (_open.PixelType != PixelType || found.T < expected.T || found with { T = expected.T } != expected)
            throw new DataFormatException($"'{file}' changed while it was read: it now holds {Describe(_open)}.");
        _open.ReadPlane(inside, destination);
    }

    public void Dispose() => _open?.Dispose();

    private static void RequireAlike(string firstFile, TiffStack first, string file, TiffStack stack)
    {
        if (stack.Shape != first.Shape || stack.PixelType != first.PixelType || stack.Channels != first.Channels)
            throw new DataFormatException($"'{file}' holds {Describe(stack)}, but '{firstFile}' holds {Describe(first)}. The TIFFs of a folder are "
                + "taken in natural order of their names, as planes of one volume where each holds a single plane, else as time points; they must be "
                + "alike. Move the odd one out of the folder.");
    }

    private static string Describe(TiffStack stack) => $"{stack.Channels} channel(s) of {stack.Shape} {stack.PixelType.Name()}";
}
