using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.HardwareSim.Replay;

/// <summary>One TIFF stack, or the stacks of a folder one after the other as a time lapse. One file is open at a time.</summary>
internal sealed class StackList : IDisposable
{
    private readonly List<(string Path, int TimePoint)> _timePoints = [];
    private TiffStack _open;
    private string _openPath;

    private StackList(ImmutableArray<string> files)
    {
        _openPath = files[0];
        _open = TiffStack.Open(_openPath);
        try
        {
            (Shape, PixelType, VoxelSize, ChannelNames) = (_open.Shape, _open.PixelType, _open.VoxelSize, _open.ChannelNames);
            foreach (string file in files)
            {
                TiffStack stack = Turn(file);
                if (stack.Shape != Shape || stack.PixelType != PixelType || stack.Channels != ChannelNames.Length)
                {
                    throw new DataFormatException(
                        $"{file} holds {Describe(stack.Shape, stack.PixelType, stack.Channels)}, but {files[0]} holds " +
                        $"{Describe(Shape, PixelType, ChannelNames.Length)}. The stacks of a time lapse must be alike; " +
                        "move the odd one out of the folder.");
                }

                for (int t = 0; t < stack.TimePoints; t++) _timePoints.Add((file, t));
            }
        }
        catch
        {
            _open.Dispose();
            throw;
        }
    }

    public int TimePoints => _timePoints.Count;

    public VolumeShape Shape { get; }

    public PixelType PixelType { get; }

    /// <summary>That of the first file; <see langword="null"/> when it does not say.</summary>
    public VoxelSize? VoxelSize { get; }

    public ImmutableArray<string> ChannelNames { get; }

    /// <param name="path">A TIFF file, or a folder whose .tif and .tiff files are taken in natural order of their names.</param>
    /// <exception cref="SourceException">There is no such file or folder, or no stack in the folder.</exception>
    /// <exception cref="DataFormatException">A file is not a readable TIFF stack, or differs from the first.</exception>
    public static StackList Open(string path)
    {
        if (File.Exists(path)) return new StackList([path]);
        if (!Directory.Exists(path))
        {
            throw new SourceException($"There is no file or folder {Path.GetFullPath(path)}. Check the spelling; " +
                "expected is a TIFF stack (.tif, .tiff) or a folder of them.");
        }

        ImmutableArray<string> files = TiffFiles.In(path);
        return files.IsEmpty
            ? throw new SourceException($"The folder {Path.GetFullPath(path)} holds no .tif or .tiff file.")
            : new StackList(files);
    }

    /// <summary>Reads one plane, (y, x).</summary>
    /// <exception cref="DataFormatException">The file is damaged.</exception>
    public void ReadPlane(FrameIndex index, Span<byte> plane)
    {
        (string file, int timePoint) = _timePoints[index.T];
        Turn(file).ReadPlane(index with { T = timePoint }, plane);
    }

    public void Dispose() => _open.Dispose();

    private TiffStack Turn(string file)
    {
        if (file == _openPath) return _open;
        TiffStack next = TiffStack.Open(file);
        _open.Dispose();
        (_open, _openPath) = (next, file);
        return next;
    }

    private static string Describe(VolumeShape shape, PixelType type, int channels) =>
        $"{channels} channel(s) of {shape} {type.Name()}";
}
