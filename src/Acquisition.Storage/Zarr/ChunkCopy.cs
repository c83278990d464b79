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

    public static void Scatter(ReadOnlySpan<byte> source, ZarrLayout layout, int chunk, VolumeBuffer volume)
    {
        Window window = Window.Of(layout, chunk);
        for (int z = 0; z < window.Planes; z++)
        {
            Span<byte> plane = volume.Plane(window.Z + z);
            for (int y = 0; y < window.Rows; y++)
                source.Slice(window.ChunkOffset(z, y), window.RowBytes).CopyTo(plane[window.PlaneOffset(y)..]);
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
