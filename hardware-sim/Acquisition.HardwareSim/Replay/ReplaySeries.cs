using System.Text.Json;
using Acquisition.Core;
using Acquisition.HardwareSim.Optics;

namespace Acquisition.HardwareSim.Replay;

/// <summary>A recording as the scan it could have been: cropped, stretched and undersampled where asked, else byte for byte.</summary>
internal sealed class ReplaySeries : IVolumeSeries
{
    private readonly StackList _stacks;
    private readonly ReplayOptions _options;
    private readonly VolumeShape _fine;
    private readonly VoxelSize _fineVoxel;
    private readonly Dictionary<int, Stretch> _stretchOfChannel = [];
    private VolumeIndex _current;
    private FloatVolume? _altered;

    /// <param name="announcement">Who sends: its identity, stream and timing are kept, the rest follows from the recording.</param>
    /// <exception cref="AcquisitionException">The recording cannot be read, or is smaller than the factors.</exception>
    public ReplaySeries(ReplayOptions options, Announcement announcement, TextWriter notes)
    {
        _options = options;
        _stacks = StackList.Open(options.Path);
        _fine = Undersampling.Crop(_stacks.Shape, options.Factors);
        if (_fine.Voxels == 0)
        {
            _stacks.Dispose();
            throw new SourceException($"A volume of {_stacks.Shape} is smaller than the factor {options.Factors} on some axis. " +
                "Give that axis a smaller --factor.");
        }

        if (options.Voxel is null && _stacks.VoxelSize is null)
        {
            notes.WriteLine("note: the file does not say how large a voxel is; announcing 1×1×1 µm. Say otherwise with --voxel z,y,x.");
        }

        _fineVoxel = options.Voxel ?? _stacks.VoxelSize ?? new VoxelSize { ZUm = 1, YUm = 1, XUm = 1 };
        PixelType type = options.Stretch ? PixelType.UInt16 : _stacks.PixelType;
        Plan = announcement.Plan(_fine, _fineVoxel, options.Factors, type) with
        {
            TimePoints = checked(_stacks.TimePoints * options.Repeats),
            Undersampling = options.Factors == Factors.One ? options.AlreadyUndersampled : options.Factors,
            Mode = options.Mode,
            Channels = _stacks.ChannelNames,
            UserJson = JsonSerializer.Serialize(new { simulator = "hardware-sim", replay = Path.GetFileName(Path.GetFullPath(options.Path)) }),
        };
    }

    public ScanPlan Plan { get; }

    private bool IsAltered => _options.Stretch || _options.Factors != Factors.One;

    public void Prepare(VolumeIndex index)
    {
        _current = index with { T = index.T % _stacks.TimePoints };
        _altered = null; // before the next is made, so that two are never held
        if (!IsAltered)
        {
            byte[] plane = new byte[Plan.PlaneBytes];
            _options.Truth?.Write(index, _fine, Plan.PixelType, _fineVoxel, z =>
            {
                ReadPlane(z, plane);
                return plane;
            });
            return;
        }

        FloatVolume volume = ReadCropped(_current);
        if (_options.Stretch) StretchFor(index.C, volume).Apply(volume);
        _options.Truth?.Write(index, volume, Plan.PixelType, _fineVoxel);
        _altered = Undersampling.Apply(volume, _options.Factors, SamplingKernel.Cubic);
    }

    public void ReadPlane(int z, Span<byte> plane)
    {
        if (_altered is null) _stacks.ReadPlane(new FrameIndex(_current.T, _current.C, z), plane);
        else Samples.FromFloat(_altered.Plane(z), Plan.PixelType, plane);
    }

    public void Dispose() => _stacks.Dispose();

    private Stretch StretchFor(int channel, FloatVolume volume)
    {
        // Volumes come in the order of acquisition, so the first one of a channel is its time point 0.
        if (_stretchOfChannel.TryGetValue(channel, out Stretch? stretch)) return stretch;
        return _stretchOfChannel[channel] = new Stretch(volume);
    }

    private FloatVolume ReadCropped(VolumeIndex index)
    {
        VolumeShape whole = _stacks.Shape;
        var volume = new FloatVolume(_fine);
        byte[] bytes = new byte[whole.PlaneVoxels * _stacks.PixelType.Bytes()];
        float[] plane = new float[whole.PlaneVoxels];
        for (int z = 0; z < _fine.Z; z++)
        {
            _stacks.ReadPlane(new FrameIndex(index.T, index.C, z), bytes);
            Samples.ToFloat(bytes, _stacks.PixelType, plane);
            for (int y = 0; y < _fine.Y; y++)
            {
                plane.AsSpan(y * whole.X, _fine.X).CopyTo(volume.Plane(z)[(y * _fine.X)..]);
            }
        }

        return volume;
    }
}
