using System.Buffers;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Reads and expands one chunk after the other. Keeps the shard it read from last open. Not thread-safe.</summary>
internal sealed class ChunkReader(ZarrArray array) : IDisposable
{
    private readonly SeriesShape _inside = array.Piece.DividedInto(array.Chunk);
    private SafeFileHandle? _shard;
    private SeriesShape _shardAt;
    private ulong[] _entries = [];

    /// <param name="chunk">Position in the grid of chunks.</param>
    /// <param name="raw">Receives the samples, little-endian; a whole chunk.</param>
    /// <returns><see langword="false"/> where the chunk is not stored, so that its samples are the fill value.</returns>
    /// <exception cref="DataFormatException">What is stored is damaged.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    public bool TryRead(SeriesShape chunk, Span<byte> raw)
    {
        SeriesShape piece = new(chunk.T / _inside.T, chunk.C / _inside.C, chunk.Z / _inside.Z, chunk.Y / _inside.Y, chunk.X / _inside.X);
        string path = array.PathOf(piece);
        try
        {
            return array.Shards is null ? TryReadFile(path, raw) : TryReadShard(array.Shards, piece, path, chunk, raw);
        }
        catch (InvalidDataException damage)
        {
            throw new DataFormatException($"'{path}' is damaged: chunk {chunk}: {damage.Message}. Copy it again from its source.", damage);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "read a chunk", path);
        }
    }

    public void Dispose() => _shard?.Dispose();

    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public static void ReadExactly(SafeFileHandle file, Span<byte> destination, long offset)
    {
        for (int done = 0; done < destination.Length;)
        {
            int got = RandomAccess.Read(file, destination[done..], offset + done);
            if (got == 0) throw new InvalidDataException("it ends early");
            done += got;
        }
    }

    private bool TryReadFile(string path, Span<byte> raw)
    {
        if (!File.Exists(path)) return false;
        using SafeFileHandle file = File.OpenHandle(path);
        Expand(file, 0, RandomAccess.GetLength(file), raw);
        return true;
    }

    private bool TryReadShard(ShardIndex index, SeriesShape piece, string path, SeriesShape chunk, Span<byte> raw)
    {
        if (_shard is null || _shardAt != piece)
        {
            _shard?.Dispose();
            _shard = null;
            if (!File.Exists(path)) return false;
            SafeFileHandle file = File.OpenHandle(path);
            try
            {
                _entries = index.Read(file, (int)_inside.Samples);
            }
            catch
            {
                file.Dispose();
                throw;
            }

            (_shard, _shardAt) = (file, piece);
        }

        int number = (((chunk.T % _inside.T * _inside.C + chunk.C % _inside.C) * _inside.Z + chunk.Z % _inside.Z) * _inside.Y
            + chunk.Y % _inside.Y) * _inside.X + chunk.X % _inside.X;
        ulong offset = _entries[2 * number], length = _entries[2 * number + 1];
        if (offset == ulong.MaxValue && length == ulong.MaxValue) return false;
        ulong whole = (ulong)RandomAccess.GetLength(_shard);
        if (offset > whole || length > whole - offset)
            throw new InvalidDataException($"it should lie at {offset}, {length} bytes long, of a file of {whole}");
        Expand(_shard, (long)offset, (long)length, raw);
        return true;
    }

    private void Expand(SafeFileHandle file, long offset, long length, Span<byte> raw)
    {
        long most = array.Codecs.MostPacked(raw.Length);
        if (length > most) throw new InvalidDataException($"it holds {length} bytes, and {raw.Length} of samples take at most {most}");
        byte[] packed = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            ReadExactly(file, packed.AsSpan(0, (int)length), offset);
            array.Codecs.Expand(packed.AsSpan(0, (int)length), raw);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
