using System.Text.Json;

namespace Acquisition.Tests.Support;

/// <summary>TIFF files that tifffile and libtiff wrote, and what is in them; written once for all tests of a class.</summary>
public sealed class StorageTiffFiles : IDisposable
{
    private readonly StorageFolder _folder = new();

    public StorageTiffFiles()
    {
        StorageOracles.RunPython("write_tiffs.py", _folder.Path);
        using FileStream manifest = File.OpenRead(_folder["manifest.json"]);
        Good = JsonSerializer.Deserialize<Dictionary<string, Entry>>(manifest, JsonSerializerOptions.Web)!;
    }

    /// <summary>Extents, type, voxel size (z, y, x; µm) and channel names of each good file, where it gives them.</summary>
    public sealed record Entry(int T, int C, int Z, int Y, int X, string Type, double[]? Voxel, string[]? Channels);

    public IReadOnlyDictionary<string, Entry> Good { get; }

    public string PathOf(string name) => _folder[name];

    /// <summary>Pixels of a good file, (t, c, z, y, x), little-endian.</summary>
    public byte[] PixelsOf(string name) => File.ReadAllBytes(_folder[name + ".raw"]);

    public void Dispose() => _folder.Dispose();
}
