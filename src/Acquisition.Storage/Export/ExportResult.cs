using System.Collections.Immutable;

namespace Acquisition.Storage.Export;

/// <summary>What an export has made.</summary>
public sealed record ExportResult
{
    /// <summary>File or folder; an absolute path.</summary>
    public required string Output { get; init; }

    /// <summary>Volumes, those included that are missing and zero.</summary>
    public required int Volumes { get; init; }

    /// <summary>What a person should know about it, such as volumes that are missing.</summary>
    public required ImmutableArray<string> Remarks { get; init; }
}
