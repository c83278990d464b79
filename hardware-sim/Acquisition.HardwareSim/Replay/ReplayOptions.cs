using Acquisition.Core;

namespace Acquisition.HardwareSim.Replay;

/// <summary>How a recording is played.</summary>
internal sealed record ReplayOptions
{
    /// <summary>A TIFF stack or a folder of them.</summary>
    public required string Path { get; init; }

    /// <summary>How many times coarser than the recording the receiver gets it.</summary>
    public Factors Factors { get; init; } = Factors.One;

    /// <summary>What a recording that was undersampled by the microscope announces; alters no pixel.</summary>
    public Factors AlreadyUndersampled { get; init; } = Factors.One;

    /// <summary>Whether contrast is stretched to 16 bits before anything else; see <see cref="Replay.Stretch"/>.</summary>
    public bool Stretch { get; init; }

    /// <summary>Voxel size of the recording; <see langword="null"/> takes the file's.</summary>
    public VoxelSize? Voxel { get; init; }

    /// <summary>How often the recording is played, as further time points; greater than zero.</summary>
    public int Repeats { get; init => field = Require.Positive(value); } = 1;

    /// <summary>Kind of microscope to announce.</summary>
    public string Mode { get; init; } = "other";

    /// <summary>Where the untouched recording goes; <see langword="null"/> for nowhere.</summary>
    public TruthFolder? Truth { get; init; }
}
