using Acquisition.Core;
using Acquisition.Storage;

namespace Acquisition.Tests.Support;

/// <summary>Plans and volumes for storage tests.</summary>
internal static class StorageSamples
{
    public static ScanPlan Plan(
        VolumeShape? shape = null, PixelType pixelType = PixelType.UInt16, int? timePoints = 3, Factors? undersampling = null,
        params string[] channels) => new()
        {
            ScanId = new Guid("0a1b2c3d-1111-2222-3333-444455556666"),
            Stream = "rig-1",
            TimePoints = timePoints,
            Shape = shape ?? new(3, 5, 7),
            PixelType = pixelType,
            VoxelSize = new() { ZUm = 2, YUm = 0.5, XUm = 0.25 },
            Undersampling = undersampling ?? new(2, 4, 1),
            Mode = "light-sheet",
            Channels = channels.Length == 0 ? ["DNA", "actin"] : [.. channels],
            Interval = TimeSpan.FromSeconds(1.5),
            BitDepth = pixelType == PixelType.UInt16 ? 12 : null,
            UserJson = """{"note":"µ <b>"}""",
        };

    public static StorageOptions Options(string root, Compression compression = Compression.Auto, int planes = 16, int edgePx = 128) =>
        new() { Root = root, Compression = compression, ChunkPlanes = planes, ChunkEdgePx = edgePx };

    /// <summary>Pixels (z, y, x) of one volume: a slope with noise, different for every index; for floating point also values that compare oddly.</summary>
    public static byte[] Pixels(VolumeShape shape, PixelType pixelType, VolumeIndex index)
    {
        var random = new Random(4711 + 31 * index.T + index.C);
        var bytes = new byte[shape.Voxels * pixelType.Bytes()];
        for (int i = 0; i < shape.Voxels; i++)
        {
            Span<byte> sample = bytes.AsSpan(i * pixelType.Bytes());
            int value = i / 7 + random.Next(40);
            if (pixelType == PixelType.UInt8) sample[0] = (byte)value;
            else if (pixelType == PixelType.UInt16) BitConverter.TryWriteBytes(sample, (ushort)(value * 13));
            else BitConverter.TryWriteBytes(sample, i % 97 == 3 ? float.NaN : i % 89 == 5 ? -0f : value * -0.37f);
        }

        return bytes;
    }

    public static VolumeBuffer Fill(this VolumeBuffer volume, ReadOnlySpan<byte> pixels)
    {
        for (int z = 0; z < volume.Shape.Z; z++) pixels.Slice(z * volume.PlaneBytes, volume.PlaneBytes).CopyTo(volume.Plane(z));
        return volume;
    }

    public static byte[] ToBytes(this VolumeBuffer volume)
    {
        var bytes = new byte[volume.Bytes];
        for (int z = 0; z < volume.Shape.Z; z++) volume.Plane(z).CopyTo(bytes.AsSpan(z * volume.PlaneBytes));
        return bytes;
    }

    public static VolumeBuffer Rent(this VolumePool pool, ScanPlan plan) => pool.TryRent(plan.Shape, plan.PixelType)!;
}
