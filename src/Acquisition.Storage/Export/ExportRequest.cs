using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Storage.Export;

/// <summary>Which volumes go where, and as what.</summary>
public sealed record ExportRequest
{
    /// <summary>A run folder, or one dataset; then <see cref="What"/> does not matter.</summary>
    public required string Source { get; init; }

    public VolumeKind What { get; init; } = VolumeKind.Restored;

    public ExportFormat Format { get; init; } = ExportFormat.OmeTiff;

    /// <summary><see langword="null"/> for all up to the last one stored.</summary>
    public TimePointRange? TimePoints { get; init; }

    /// <summary>0-based, ascending; empty for all.</summary>
    public ImmutableArray<int> Channels { get; init; } = [];

    /// <summary>File or folder to make; must not exist.</summary>
    public required string Output { get; init; }
}
