using System.Text.Json;

namespace Acquisition.Storage.Files;

/// <summary>A text file that grows by one JSON object a line. Thread-safe; no handle stays open between lines.</summary>
internal sealed class JsonLines(string path, bool flushToDisk)
{
    private readonly Lock _gate = new();

    public string FilePath => path;

    /// <summary>Adds one line; it survives the end of this process, and with <c>flushToDisk</c> the loss of power.</summary>
    /// <remarks>Throws what the file system throws, and then leaves the file as it was.</remarks>
    public void Append(JsonElement entry)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(entry, StorageJson.Compact), (byte)'\n'];
        lock (_gate)
        {
            using var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            long before = stream.Position;
            try
            {
                stream.Write(line);
                stream.Flush(flushToDisk);
            }
            catch (IOException)
            {
                Shorten(stream, before);
                throw;
            }
        }
    }

    /// <summary>Takes half a line back, which would swallow the next one.</summary>
    private static void Shorten(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (IOException)
        {
            // The failure to write is the one to report.
        }
    }
}
