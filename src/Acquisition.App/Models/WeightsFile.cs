using System.Collections.Immutable;
using System.Security.Cryptography;
using Acquisition.App.Runs;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.App.Models;

/// <summary>A file with a model's weights, as far as it tells of itself.</summary>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Parameters">Numbers in all tensors.</param>
internal sealed record WeightsFile(string Path, string Sha256, long Parameters, ImmutableSortedDictionary<string, string> Notes)
{
    private const string Extension = ".safetensors";

    /// <summary>A file itself, or those of a run, by name.</summary>
    /// <exception cref="StorageException">There is no such file or run.</exception>
    public static string[] Find(string path)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw new StorageException($"There is no file or folder '{path}'; give a run folder, or a file with weights ({Extension}).");
        string models = RunFiles.Models(path);
        return Directory.Exists(models) ? [.. Directory.EnumerateFiles(models, "*" + Extension).Order(StringComparer.Ordinal)] : [];
    }

    /// <exception cref="StorageException">It cannot be read.</exception>
    /// <exception cref="DataFormatException">It holds no weights.</exception>
    public static WeightsFile Read(string path)
    {
        byte[] bytes = Bytes(path);
        try
        {
            var (tensors, notes) = SafeTensors.Read(bytes);
            return new WeightsFile(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), tensors.Values.Sum(tensor => (long)tensor.Values.Length), notes);
        }
        catch (DataFormatException fault)
        {
            throw new DataFormatException($"'{path}' holds no weights. {fault.Message}", fault);
        }
    }

    /// <exception cref="StorageException">It cannot be read.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }
}
