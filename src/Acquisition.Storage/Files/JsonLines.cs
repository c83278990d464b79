using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Storage.Files;

/// <summary>A text file that grows by one JSON object a line. Thread-safe; no handle stays open between lines.</summary>
/// <remarks>Only the first line makes the file: a file that vanishes afterwards, with its disk, is a fault and not a new beginning.</remarks>
internal sealed class JsonLines(string path, bool flushToDisk)
{
    private readonly Lock _gate = new();
    private long? _length;
    private bool _isNew = true; // its name may not be on the disk

    public string FilePath => path;

    /// <summary>Adds one line; it survives the end of this process, and with <c>flushToDisk</c> the loss of power.</summary>
    /// <remarks>Throws what the file system throws. Half a line that could not be taken back is taken back before the next one.</remarks>
    public void Append(JsonElement entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, RecordJson.Compact), (byte)'\n'];
        lock (_gate)
        {
            using var stream = new FileStream(
                path, _length is null ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
            long before = _length ?? stream.Length;
            if (stream.Length > before) stream.SetLength(before);
            stream.Position = before;
            _length = before;
            try
            {
                stream.Write(line);
                if (flushToDisk) DiskSync.Force(stream);
                if (flushToDisk && _isNew) DiskSync.ForceFolder(Path.GetDirectoryName(path)!);
                _isNew = false;
                _length = before + line.Length;
            }
            catch (Exception fault) when (DiskFault.Is(fault))
            {
                Shorten(stream, before);
                throw;
            }
        }
    }

    private static void Shorten(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            // The failure to write is the one to report; the next line begins by doing this again.
        }
    }
}
