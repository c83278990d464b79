using Acquisition.Core;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Planes that are compressed together, expanded; so that reading plane after plane expands each chunk once. Not thread-safe.</summary>
/// <param name="budgetBytes">Most bytes of planes that are kept; one plane always is.</param>
internal sealed class PlaneBlock(ZarrArray array, long budgetBytes) : IDisposable
{
    public const long DefaultBudgetBytes = 256L << 20;

    private readonly ChunkReader _chunks = new(array);
    private readonly int _planeBytes = array.Shape.Volume.PlaneVoxels * array.Sample.Bytes;
    private byte[] _planes = [], _raw = [];
    private FrameIndex _first;
    private SeriesShape _extent;
    private SeriesShape? _rawAt;

    /// <param name="destination">A whole plane.</param>
    /// <exception cref="DataFormatException">A chunk is damaged.</exception>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Read(FrameIndex index, Span<byte> destination)
    {
        if (!IsInside(index)) Load(index);
        long plane = ((long)(index.T - _first.T) * _extent.C + index.C - _first.C) * _extent.Z + index.Z - _first.Z;
        _planes.AsSpan((int)plane * _planeBytes, _planeBytes).CopyTo(destination);
    }

    public void Dispose() => _chunks.Dispose();

    private bool IsInside(FrameIndex index) =>
        index.T >= _first.T && index.T < _first.T + _extent.T
        && index.C >= _first.C && index.C < _first.C + _extent.C
        && index.Z >= _first.Z && index.Z < _first.Z + _extent.Z;

    private void Load(FrameIndex index)
    {
        _extent = default; // what is half loaded is never used
        SeriesShape size = array.Chunk, shape = array.Shape;
        var first = new FrameIndex(index.T / size.T * size.T, index.C / size.C * size.C, index.Z / size.Z * size.Z);
        int t = Math.Min(size.T, shape.T - first.T), c = Math.Min(size.C, shape.C - first.C), z = Math.Min(size.Z, shape.Z - first.Z);
        if ((double)t * c * z * _planeBytes > budgetBytes) (t, first) = (1, first with { T = index.T });
        if ((double)c * z * _planeBytes > budgetBytes) (c, first) = (1, first with { C = index.C });
        if ((double)z * _planeBytes > budgetBytes)
        {
            z = Math.Min((int)Math.Max(1, budgetBytes / _planeBytes), first.Z + z - index.Z);
            first = first with { Z = index.Z };
        }

        int bytes = checked(t * c * z * _planeBytes);
        if (_planes.Length < bytes) _planes = GC.AllocateUninitializedArray<byte>(bytes);
        SeriesShape extent = new(t, c, z, shape.Y, shape.X), grid = shape.DividedInto(size);
        for (int y = 0; y < grid.Y; y++)
            for (int x = 0; x < grid.X; x++)
                Scatter(new(index.T / size.T, index.C / size.C, index.Z / size.Z, y, x), first, extent);
        (_first, _extent) = (first, extent);
    }

    /// <summary>Copies what the block has of a chunk.</summary>
    private void Scatter(SeriesShape chunk, FrameIndex first, SeriesShape extent)
    {
        SeriesShape size = array.Chunk;
        int bytes = array.Sample.Bytes, fromY = chunk.Y * size.Y, fromX = chunk.X * size.X;
        int rows = Math.Min(size.Y, extent.Y - fromY), rowBytes = Math.Min(size.X, extent.X - fromX) * bytes;
        ReadOnlySpan<byte> raw = Raw(chunk);
        for (int t = 0; t < extent.T; t++)
            for (int c = 0; c < extent.C; c++)
                for (int z = 0; z < extent.Z; z++)
                {
                    int source = ((first.T + t - chunk.T * size.T) * size.C + first.C + c - chunk.C * size.C) * size.Z + first.Z + z - chunk.Z * size.Z;
                    Span<byte> plane = _planes.AsSpan(((t * extent.C + c) * extent.Z + z) * _planeBytes, _planeBytes);
                    for (int y = 0; y < rows; y++)
                        raw.Slice((source * size.Y + y) * size.X * bytes, rowBytes).CopyTo(plane[(((fromY + y) * extent.X + fromX) * bytes)..]);
                }
    }

    private ReadOnlySpan<byte> Raw(SeriesShape chunk)
    {
        if (_rawAt == chunk) return _raw; // one chunk may be larger than what is kept of it
        _rawAt = null;
        if (_raw.Length == 0) _raw = GC.AllocateUninitializedArray<byte>(array.ChunkBytes);
        if (!_chunks.TryRead(chunk, _raw)) array.Sample.FillWith(_raw);
        _rawAt = chunk;
        return _raw;
    }
}
