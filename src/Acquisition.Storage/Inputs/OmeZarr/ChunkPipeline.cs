using System.Buffers;
using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Tiff;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Turns the stored bytes of a chunk into samples: checksums over what is stored, compression, checksums below it, byte order.</summary>
internal sealed class ChunkPipeline
{
    private const string Accepted = "bytes, then at most one of blosc, gzip and zstd, with crc32c before or after it";

    private readonly int _sampleBytes;
    private bool _bigEndian;
    private int _innerSeals, _outerSeals;
    private ChunkExpander? _expander;

    private ChunkPipeline(int sampleBytes) => _sampleBytes = sampleBytes;

    /// <summary>Zarr 3's list of codecs, sharding apart.</summary>
    /// <exception cref="DataFormatException">A codec is not accepted there.</exception>
    /// <exception cref="StorageException">A compression needs a library that is not installed.</exception>
    public static ChunkPipeline Parse(JsonPlace codecs, PixelType type)
    {
        ImmutableArray<JsonPlace> items = codecs.Items;
        if (items.IsEmpty || NameOf(items[0]) != "bytes") throw codecs.Fault(Accepted);
        var pipeline = new ChunkPipeline(type.Bytes()) { _bigEndian = IsBigEndian(items[0], type.Bytes()) };
        foreach (JsonPlace codec in items[1..])
        {
            string name = NameOf(codec);
            if (name == "crc32c")
            {
                if (pipeline._expander is null) pipeline._innerSeals++;
                else pipeline._outerSeals++;
            }
            else if (name != "zlib" && pipeline._expander is null && ChunkExpanders.Find(codec.File, name, type) is { } expander)
            {
                pipeline._expander = expander;
            }
            else
            {
                throw codec.Fault(Accepted);
            }
        }

        return pipeline;
    }

    /// <summary>Zarr 2's compressor and byte order.</summary>
    /// <inheritdoc cref="Parse"/>
    public static ChunkPipeline Parse2(JsonPlace? compressor, PixelType type, bool bigEndian)
    {
        var pipeline = new ChunkPipeline(type.Bytes()) { _bigEndian = bigEndian };
        if (compressor is { IsNull: false } value)
        {
            pipeline._expander = ChunkExpanders.Find(value.File, value["id"].Text, type)
                ?? throw value.Fault($"zlib, {ChunkExpanders.Accepted} (null)");
        }

        return pipeline;
    }

    /// <summary>A codec's name; also where the name alone stands for it.</summary>
    public static string NameOf(JsonPlace codec) => codec.TextOrNull ?? codec["name"].Text;

    /// <summary>Byte order of the codec "bytes".</summary>
    public static bool IsBigEndian(JsonPlace codec, int sampleBytes)
    {
        JsonPlace? endian = codec.Find("configuration")?.Find("endian");
        if (endian is null && sampleBytes > 1) throw codec.Fault("one with configuration.endian, \"little\" or \"big\"");
        return endian is { IsNull: false } given && given.Text switch
        {
            "little" => false,
            "big" => true,
            _ => throw given.Fault("\"little\" or \"big\""),
        };
    }

    /// <summary>Most bytes that so many bytes of samples take, generously: beyond it, what is stored is no such chunk.</summary>
    public long MostPacked(int rawBytes) =>
        rawBytes + (_expander is null ? 0 : rawBytes / 4L + 4096) + (_innerSeals + (long)_outerSeals) * Crc32C.Bytes;

    /// <param name="raw">Receives the samples, little-endian.</param>
    /// <exception cref="InvalidDataException"><paramref name="packed"/> is damaged, or not as long as the samples are.</exception>
    public void Expand(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        packed = Unseal(packed, _outerSeals);
        if (_expander is null)
        {
            Copy(Unseal(packed, _innerSeals), raw);
        }
        else if (packed.IsEmpty)
        {
            throw new InvalidDataException("it is empty");
        }
        else if (_innerSeals == 0)
        {
            _expander(packed, raw);
        }
        else
        {
            int bytes = checked(raw.Length + _innerSeals * Crc32C.Bytes);
            byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
            try
            {
                _expander(packed, rented.AsSpan(0, bytes));
                Copy(Unseal(rented.AsSpan(0, bytes), _innerSeals), raw);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        if (_bigEndian) TiffSamples.ReverseBytes(raw, _sampleBytes);
    }

    private static void Copy(ReadOnlySpan<byte> source, Span<byte> raw)
    {
        if (source.Length != raw.Length) throw new InvalidDataException($"it holds {source.Length} bytes instead of {raw.Length}");
        source.CopyTo(raw);
    }

    private static ReadOnlySpan<byte> Unseal(ReadOnlySpan<byte> data, int seals)
    {
        for (; seals > 0; seals--)
        {
            if (data.Length < Crc32C.Bytes || !Crc32C.IsSealed(data)) throw new InvalidDataException("its checksum does not match");
            data = data[..^Crc32C.Bytes];
        }

        return data;
    }
}
