using System.Runtime.CompilerServices;
using Acquisition.Core;

namespace Acquisition.Storage;

/// <summary>Where runs are stored and how. Every value is checked, also through <c>with</c>.</summary>
public sealed record StorageOptions
{
    /// <summary>Folder that receives one folder per run. Made if only it is missing; a missing parent is an error,
    /// because it usually means that a disk is not mounted.</summary>
    public required string Root { get; init => field = RequireFolder(value); }

    public Compression Compression { get; init => field = RequireDefined(value); } = Compression.Auto;

    /// <summary>Most planes in one chunk, the smallest piece a reader can load; 1 to 256. Default 16.</summary>
    public int ChunkPlanes { get; init => field = Require.InRange(value, 1, 256); } = 16;

    /// <summary>Longest edge of a chunk in y and x; pixels, 16 to 1024. Default 128: with 16 planes, 512 KiB of uint16.</summary>
    public int ChunkEdgePx { get; init => field = Require.InRange(value, 16, 1024); } = 128;

    private static string RequireFolder(string value, [CallerMemberName] string name = "") =>
        !string.IsNullOrWhiteSpace(value) && !value.Contains('\0')
            ? value
            : throw new ArgumentException($"{name} is '{value}'; it must be the path of a folder.", name);

    private static Compression RequireDefined(Compression value, [CallerMemberName] string name = "") =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value,
                $"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<Compression>())}.");
}
