using Acquisition.Core;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>How an array is cut into files and chunks, and how these are stored.</summary>
internal sealed record ZarrArray
{
    public required string Folder { get; init; }

    public required SeriesAxes Axes { get; init; }

    public required SeriesShape Shape { get; init; }

    /// <summary>Extent of what one file holds, a chunk or a shard; the last one of an axis reaches beyond the array.</summary>
    public required SeriesShape Piece { get; init; }

    /// <summary>Extent of a chunk, the smallest part that is stored; the same as <see cref="Piece"/> without sharding.</summary>
    public required SeriesShape Chunk { get; init; }

    public required ZarrSample Sample { get; init; }

    public required ChunkKeys Keys { get; init; }

    public required ChunkPipeline Codecs { get; init; }

    /// <summary><see langword="null"/> where each file is one chunk.</summary>
    public ShardIndex? Shards { get; init; }

    public int ChunkBytes => checked((int)Chunk.Samples * Sample.Bytes);

    /// <exception cref="DataFormatException">It has an extent that is not accepted, or is cut into too large or too many pieces.</exception>
    public ZarrArray Checked()
    {
        InputLimits.Check(Folder, Shape, Sample.Type);
        if (Chunk.Samples * Sample.Bytes > InputLimits.MaxBytes)
            throw new DataFormatException($"'{Folder}' has chunks of {Chunk}, {Chunk.Samples * Sample.Bytes:0} bytes; at most {InputLimits.MaxBytes} are accepted.");
        SeriesShape grid = Shape.DividedInto(Chunk);
        double chunks = (double)grid.Z * grid.Y * grid.X;
        if (chunks > InputLimits.MaxPieces)
            throw new DataFormatException($"'{Folder}' has {chunks:0} chunks a volume; at most {InputLimits.MaxPieces} are accepted.");
        SeriesShape inside = Piece.DividedInto(Chunk);
        if (inside.Samples > InputLimits.MaxPieces)
            throw new DataFormatException($"'{Folder}' has {inside.Samples:0} chunks a shard; at most {InputLimits.MaxPieces} are accepted.");
        return this;
    }

    public string PathOf(SeriesShape piece) => Path.Combine(Folder, Keys.Name(Axes.Gather(piece)));
}
