using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>Copies between a volume and one of its chunks, both (z, y, x); what lies outside the volume is zero.</summary>
internal static class ChunkCopy
{
    /// <param name="destination">Receives the whole chunk, padding included.</param>
    public static void Gather(VolumeBuffer volume, ZarrLayout layout, int chunk, Span<byte> destination)
    {
        Window window = Window.Of(layout, chunk);
        if (window.IsPartial) destination.Clear();
        for (int z = 0; z < window.Planes; z++)
        {
            ReadOnlySpan<byte> plane = volume.Plane(window.Z + z);
            for (int y = 0; y < window.Rows; y++)
                plane.Slice(window.PlaneOffset(y), window.RowBytes).CopyTo(destination[window.ChunkOffset(z, y)..]);
        }
    }

    /// <summary>Whether a part of the volume has samples of this chunk.</summary>
    /// <param name="from">First sample of the part.</param>
    public static bool Touches(ZarrLayout layout, int chunk, SamplePoint from, VolumeShape part)
    {
        var (z, y, x) = layout.Origin(chunk);
        return z < from.Z + part.Z && from.Z < z + layout.Chunk.Z
            && y < from.Y + part.Y && from.Y < y + layout.Chunk.Y
            && x < from.X + part.X && from.X < x + layout.Chunk.X;
    }

    /// <summary>Copies what a part of the volume has of a chunk that it touches.</summary>
    /// <param name="from">First sample of the part, which lies inside the volume.</param>
    public static void Scatter(ReadOnlySpan<byte> source, ZarrLayout layout, int chunk, SamplePoint from, VolumeBuffer part)
    {
        var (z, y, x) = layout.Origin(chunk);
        var (shape, size, bytes) = (part.Shape, layout.Chunk, layout.PixelType.Bytes());
        int firstPlane = Math.Max(z, from.Z), lastPlane = Math.Min(z + size.Z, from.Z + shape.Z) - 1;
        int firstRow = Math.Max(y, from.Y), lastRow = Math.Min(y + size.Y, from.Y + shape.Y) - 1;
        int first = Math.Max(x, from.X), rowBytes = (Math.Min(x + size.X, from.X + shape.X) - first) * bytes;
        for (int p = firstPlane; p <= lastPlane; p++)
        {
            Span<byte> plane = part.Plane(p - from.Z);
            for (int r = firstRow; r <= lastRow; r++)
            {
                ReadOnlySpan<byte> row = source.Slice((((p - z) * size.Y + r - y) * size.X + first - x) * bytes, rowBytes);
                row.CopyTo(plane[(((r - from.Y) * shape.X + first - from.X) * bytes)..]);
            }
        }
    }

    /// <summary>The part of a chunk that lies inside the volume.</summary>
    private readonly record struct Window(
        int Z, int Planes, int Rows, int RowBytes, int FirstByte, int VolumeRowBytes, int ChunkRowBytes, int ChunkPlaneBytes, bool IsPartial)
    {
        public static Window Of(ZarrLayout layout, int chunk)
        {
            var (z, y, x) = layout.Origin(chunk);
            var (volume, size, bytes) = (layout.Volume, layout.Chunk, layout.PixelType.Bytes());
            int planes = Math.Min(size.Z, volume.Z - z), rows = Math.Min(size.Y, volume.Y - y), columns = Math.Min(size.X, volume.X - x);
            return new(
                z, planes, rows, columns * bytes,
                FirstByte: checked((y * volume.X + x) * bytes),
                VolumeRowBytes: volume.X * bytes,
                ChunkRowBytes: size.X * bytes,
                ChunkPlaneBytes: size.Y * size.X * bytes,
                IsPartial: planes < size.Z || rows < size.Y || columns < size.X);
        }

        public int PlaneOffset(int row) => FirstByte + row * VolumeRowBytes;

        public int ChunkOffset(int plane, int row) => plane * ChunkPlaneBytes + row * ChunkRowBytes;
    }
}
