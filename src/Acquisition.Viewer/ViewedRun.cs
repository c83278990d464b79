using Acquisition.Core;

namespace Acquisition.Viewer;

/// <summary>A run that is looked at: one that goes on in this program, or what a folder holds.</summary>
public sealed record ViewedRun
{
    /// <summary>Where it stands; asked five times a second, from a thread of the viewer's.</summary>
    public required Func<RunStatus> Status { get; init; }

    /// <summary>What it has stored; <see langword="null"/> before there is a folder.</summary>
    public required Func<IRunArchive?> Archive { get; init; }

    /// <summary>Whether it is read from its folder alone; false where this program receives or restores it.</summary>
    public bool IsStored { get; init; }

    /// <summary>Ends the scan; what came is stored and restored. <see langword="null"/> where nothing can be ended.</summary>
    public Func<CommandAnswer>? Stop { get; init; }

    /// <summary>Tunes the models again on the newest volumes. <see langword="null"/> where nothing can be tuned.</summary>
    public Func<CommandAnswer>? Retune { get; init; }
}
