using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Storage.Files;

/// <summary>What <see cref="JsonLines"/> has left in a file, when the program may have ended in the middle of a line.</summary>
/// <param name="Lines">Every whole line: an object each.</param>
/// <param name="WholeBytes">Bytes of these; what comes after is the beginning of a line.</param>
/// <param name="TornBytes">Bytes after these.</param>
internal sealed record FoundLines(ImmutableArray<JsonElement> Lines, long WholeBytes, long TornBytes)
{
    public bool IsTorn => TornBytes > 0;

    /// <returns>No lines when there is no such file.</returns>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    /// <exception cref="DataFormatException">A line before the last is not an object of JSON, which no interruption brings about.</exception>
    public static FoundLines Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read what happened", path);
        }

        var lines = ImmutableArray.CreateBuilder<JsonElement>();
        int start = 0;
        while (start < bytes.Length)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0) break;
            if (Parse(bytes.AsSpan(start, length)) is not { } line)
            {
                if (start + length + 1 == bytes.Length) break;
                throw new DataFormatException(
                    $"Line {lines.Count + 1} of '{path}' is damaged: '{Excerpt(bytes.AsSpan(start, length))}'. Only the last line may be, after an interruption; "
                    + "copy the file again from a backup.");
            }

            lines.Add(line);
            start += length + 1;
        }

        return new(lines.ToImmutable(), start, bytes.Length - start);
    }

    /// <summary>Takes the beginning of a line away.</summary>
    /// <remarks>Throws what the file system throws.</remarks>
    public void Cut(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.SetLength(WholeBytes);
        DiskSync.Force(file);
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            JsonElement element = JsonElement.ParseValue(ref reader);
            return element.ValueKind == JsonValueKind.Object && !reader.Read() ? element : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Excerpt(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line[..Math.Min(line.Length, 60)]);
}
