using Acquisition.Storage.Files;

namespace Acquisition.Storage.Export;

/// <summary>A folder that gets its name when all is in it.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _output;
    private bool _committed;

    /// <exception cref="Core.StorageException">The disk refused.</exception>
    public OutputFolder(string output)
    {
        (_output, Path) = (output, output + AtomicFile.PartialSuffix);
        RunFolder.Store("make a folder for an export", Path, 0, () =>
        {
            if (System.IO.Path.GetDirectoryName(output) is { } parent && !Directory.Exists(parent)) throw new DirectoryNotFoundException(parent);
            if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true); // of an export that was cut off
            Directory.CreateDirectory(Path);
        });
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    public void Commit()
    {
        RunFolder.Store("name an export", _output, 0, () => Directory.Move(Path, _output));
        _committed = true;
    }

    public void Dispose()
    {
        if (_committed) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            // What failed is being reported; a leftover is removed by the next try.
        }
    }
}
