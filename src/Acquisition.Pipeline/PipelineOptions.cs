using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>Bounds and patience of a run. Every value is checked, also through <c>with</c>.</summary>
public sealed record PipelineOptions
{
    /// <summary>Most bytes of volumes in memory: being assembled, waiting for the disk, or held for restoration. Default 2 GiB.</summary>
    /// <remarks>When it is used up, volumes wait on disk instead of in memory, and the camera's socket is read no faster than the disk writes.</remarks>
    public long MemoryBudgetBytes { get; init => field = Require.InRange(value, 1L << 20, 1L << 42); } = 2L << 30;

    /// <summary>How long to wait for the first frame; <see langword="null"/> waits for ever. Default: for ever.</summary>
    public TimeSpan? FirstFrameTimeout { get; init; }

    /// <summary>Silence in mid-volume after which a running scan counts as lost. Default 5 s; never below five exposures.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence between volumes, and before the first one, after which a running scan counts as lost. Default 30 s; never below the
    /// announced interval and <see cref="FrameTimeout"/> together.</summary>
    public TimeSpan PauseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Volumes of one channel that may be open at once; 1 to 16. Default 2: a frame may come late by one volume.</summary>
    /// <remarks>The first frame of another volume closes the oldest one with its planes missing.</remarks>
    public int OpenVolumesPerChannel { get; init => field = Require.InRange(value, 1, 16); } = 2;

    /// <summary>Silence of one volume, while others receive, after which it is closed with planes missing. Default 5 s.</summary>
    public TimeSpan VolumeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Which volume is restored next while restoration lags. Default: the oldest.</summary>
    public LagPolicy LagPolicy { get; init; } = LagPolicy.All;

    /// <summary>Whether the newest volume is published provisionally while it waits for a model. Default: it is.</summary>
    public bool Previews { get; init; } = true;

    /// <summary>The N of <see cref="LagPolicy.EveryNth"/>; 2 to 1000. Default 5.</summary>
    public int EveryNth { get; init => field = Require.InRange(value, 2, 1000); } = 5;
}
