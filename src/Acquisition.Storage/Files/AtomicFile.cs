using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Files;

/// <summary>A file that appears under its name whole or not at all: written beside it, flushed to the disk, renamed.</summary>
/// <remarks>Throws what the file system throws; callers translate it, because they know what they were storing.</remarks>
internal sealed class AtomicFile : IDisposable
{
    /// <summary>Ends the name of a file that is not whole yet.</summary>
    public const string PartialSuffix = ".partial";

    private readonly string _path;
    private readonly string _partialPath;
    private readonly FileStream _stream;
    private bool _committed;

    private AtomicFile(string path)
    {
        _path = path;
        _partialPath = path + PartialSuffix;
        // Unbuffered: everything written here comes in large pieces. A leftover of a crash is overwritten.
        _stream = new FileStream(_partialPath, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    public Stream Stream => _stream;

    /// <summary>The file under <see cref="Stream"/>, for writing at offsets.</summary>
    public SafeFileHandle Handle => _stream.SafeFileHandle;

    public static AtomicFile Create(string path) => new(path);

    public static void Write(string path, ReadOnlySpan<byte> bytes, bool replace)
    {
        using AtomicFile file = Create(path);
        file.Stream.Write(bytes);
        file.Commit(replace);
    }

    /// <summary>Gives the file its name, which survives a loss of power from then on.</summary>
    /// <param name="replace">Whether a file of that name may be replaced; if not, its existence is an <see cref="IOException"/>.</param>
    public void Commit(bool replace)
    {
        DiskSync.Force(_stream);
        _stream.Dispose();
        File.Move(_partialPath, _path, replace);
        _committed = true;
        DiskSync.ForceFolder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_committed) return;
        try
        {
            File.Delete(_partialPath);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            // The write has already failed and is being reported; a leftover is never read and is overwritten later.
        }
    }
}
