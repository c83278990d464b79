using System.Text.Json;
using System.Text.Json.Serialization;

namespace Acquisition.Tests.Support;

/// <summary>Stored volumes that a program of tests/oracles wrote, and what is in them; gone with this.</summary>
internal sealed class StoredInputSamples : IDisposable
{
    private readonly StorageFolder _folder = new();
    private readonly Manifest _manifest;

    public StoredInputSamples(string script)
    {
        StorageOracles.RunPython(script, _folder.Path);
        using FileStream manifest = File.OpenRead(_folder["manifest.json"]);
        _manifest = JsonSerializer.Deserialize<Manifest>(manifest, JsonSerializerOptions.Web)!;
    }

    /// <summary>What an input holds; voxel size (z, y, x; µm), interval (s) and channel names where it gives them.</summary>
    /// <param name="Open">What to open, relative to the folder.</param>
    /// <param name="Missing">Planes (t, c, z) that were never stored.</param>
    public sealed record Entry(
        string Open, string Format, int T, int C, int Z, int Y, int X, string Type, double[]? Voxel, double? Interval, string[]? Channels, int[][] Missing)
    {
        [JsonIgnore]
        public long Planes => (long)T * C * Z;
    }

    public IReadOnlyDictionary<string, Entry> Good => _manifest.Good;

    /// <summary>By name, the words that must be in the message.</summary>
    public IReadOnlyDictionary<string, string[]> Bad => _manifest.Bad;

    public string PathOf(string name) => _folder[name];

    /// <summary>Pixels of a good input, (t, c, z, y, x), little-endian.</summary>
    public byte[] PixelsOf(string name) => File.ReadAllBytes(_folder[name + ".raw"]);

    public void Dispose() => _folder.Dispose();

    private sealed record Manifest(Dictionary<string, Entry> Good, Dictionary<string, string[]> Bad);
}
