using System.Security.Cryptography;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage;

/// <summary>Weights of a run, each in models/&lt;sha256&gt;.safetensors. Thread-safe.</summary>
internal sealed class ModelFiles(string folder)
{
    public const string FolderName = "models";

    private readonly Lock _gate = new();

    /// <inheritdoc cref="IRunStore.SaveModel"/>
    public string Save(ReadOnlySpan<byte> safetensors)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(safetensors)), path = PathOf(hash);
        try
        {
            lock (_gate)
            {
                // Not where the whole run has vanished with its disk.
                if (!Directory.Exists(folder)) throw new DirectoryNotFoundException(folder);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (!File.Exists(path)) AtomicFile.Write(path, safetensors, replace: false);
            }
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "store a model", path, safetensors.Length);
        }

        return hash;
    }

    /// <inheritdoc cref="IRunStore.LoadModel"/>
    public byte[] Load(string sha256)
    {
        string path = PathOf(sha256);
        try
        {
            byte[] file = File.ReadAllBytes(path);
            return Convert.ToHexStringLower(SHA256.HashData(file)) == sha256
                ? file
                : throw new StorageException($"The model '{path}' is damaged: its name is not its SHA-256. Copy it again from a backup.");
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a model", path);
        }
    }

    private string PathOf(string sha256) => Path.Combine(folder, FolderName, sha256 + ".safetensors");
}
