using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Acquisition.Core;
using Acquisition.Storage.Files;

namespace Acquisition.Storage.Tiff;

/// <summary>Gives one z plane, (y, x), little-endian; what it returns is used before the next call.</summary>
public delegate ReadOnlySpan<byte> PlaneReader(int z);

/// <summary>Writes one volume as OME-TIFF: BigTIFF, little-endian, uncompressed, all pixels in one piece.</summary>
public static class OmeTiff
{
    private const int HeaderBytes = 16, EntryBytes = 20, Entries = 10;
    private const ushort Short = 3, Long = 4, Ascii = 2, Long8 = 16;
    private static readonly XNamespace Ome = "http://www.openmicroscopy.org/Schemas/OME/2016-06";

    /// <param name="path">The file, usually *.ome.tif; replaced as a whole if it exists.</param>
    /// <param name="plane">Called once per plane, in order.</param>
    /// <exception cref="ArgumentException"><paramref name="plane"/> returned a plane of another size.</exception>
    /// <exception cref="StorageException">The disk refused; a file that was there before is unchanged.</exception>
    public static void Write(string path, VolumeShape shape, PixelType type, VoxelSize voxel, PlaneReader plane)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(voxel);
        ArgumentNullException.ThrowIfNull(plane);
        Require.Positive(shape.Z);
        Require.Positive(shape.Y);
        Require.Positive(shape.X);

        int planeBytes = checked(shape.PlaneVoxels * type.Bytes());
        byte[] front = Front(shape, type, voxel, planeBytes);
        try
        {
            using AtomicFile file = AtomicFile.Create(path);
            file.Stream.Write(front);
            for (int z = 0; z < shape.Z; z++)
            {
                ReadOnlySpan<byte> pixels = plane(z);
                if (pixels.Length != planeBytes)
                    throw new ArgumentException($"Plane {z} has {pixels.Length} bytes; {shape} {type.Name()} needs {planeBytes}.", nameof(plane));
                file.Stream.Write(pixels);
            }

            file.Commit(replace: true);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "write an OME-TIFF", path, front.Length + (long)planeBytes * shape.Z);
        }
    }

    /// <summary>Everything before the pixels: header, one directory a plane, and the XML that the first one points to.</summary>
    private static byte[] Front(VolumeShape shape, PixelType type, VoxelSize voxel, int planeBytes)
    {
        byte[] xml = [.. Encoding.UTF8.GetBytes(Xml(shape, type, voxel)), 0];
        int plainBytes = DirectoryBytes(Entries), firstBytes = DirectoryBytes(Entries + 1);
        int xmlOffset = checked(HeaderBytes + firstBytes + (shape.Z - 1) * plainBytes);
        // Pixels begin on a 16-byte boundary, so that they can be mapped as vectors.
        long pixels = (xmlOffset + xml.Length + 15L) / 16 * 16;

        using var front = new MemoryStream(checked((int)pixels));
        using (var writer = new BinaryWriter(front, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("II"u8);
            writer.Write((ushort)43);
            writer.Write((ushort)8);
            writer.Write((ushort)0);
            writer.Write((ulong)HeaderBytes);
            for (int z = 0; z < shape.Z; z++)
            {
                bool first = z == 0;
                writer.Write((ulong)(first ? Entries + 1 : Entries));
                Entry(writer, TiffTag.ImageWidth, Long, (ulong)shape.X);
                Entry(writer, TiffTag.ImageLength, Long, (ulong)shape.Y);
                Entry(writer, TiffTag.BitsPerSample, Short, (ulong)type.Bytes() * 8);
                Entry(writer, TiffTag.Compression, Short, (ulong)TiffCompression.None);
                Entry(writer, TiffTag.Photometric, Short, 1);
                if (first) Entry(writer, TiffTag.ImageDescription, Ascii, (ulong)xmlOffset, count: xml.Length);
                Entry(writer, TiffTag.StripOffsets, Long8, (ulong)(pixels + (long)z * planeBytes));
                Entry(writer, TiffTag.SamplesPerPixel, Short, 1);
                Entry(writer, TiffTag.RowsPerStrip, Long, (ulong)shape.Y);
                Entry(writer, TiffTag.StripByteCounts, Long8, (ulong)planeBytes);
                Entry(writer, TiffTag.SampleFormat, Short, type == PixelType.Float32 ? 3u : 1u);
                writer.Write(z == shape.Z - 1 ? 0 : (ulong)front.Position + sizeof(ulong));
            }

            writer.Write(xml);
        }

        front.SetLength(pixels);
        return front.ToArray();
    }

    private static int DirectoryBytes(int entries) => sizeof(ulong) + entries * EntryBytes + sizeof(ulong);

    private static void Entry(BinaryWriter writer, TiffTag tag, ushort type, ulong value, long count = 1)
    {
        // Little-endian, so a short value in the eight bytes reads the same at any width.
        Span<byte> entry = stackalloc byte[EntryBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)tag);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], type);
        BinaryPrimitives.WriteInt64LittleEndian(entry[4..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[12..], value);
        writer.Write(entry);
    }

    private static string Xml(VolumeShape shape, PixelType type, VoxelSize voxel)
    {
        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        var ome = new XElement(Ome + "OME",
            new XElement(Ome + "Image", new XAttribute("ID", "Image:0"),
                new XElement(Ome + "Pixels",
                    new XAttribute("ID", "Pixels:0"),
                    new XAttribute("DimensionOrder", "XYZCT"),
                    new XAttribute("Type", type == PixelType.Float32 ? "float" : type.Name()),
                    new XAttribute("SizeX", shape.X), new XAttribute("SizeY", shape.Y), new XAttribute("SizeZ", shape.Z),
                    new XAttribute("SizeC", 1), new XAttribute("SizeT", 1),
                    new XAttribute("BigEndian", "false"),
                    new XAttribute("PhysicalSizeX", Number(voxel.XUm)), new XAttribute("PhysicalSizeXUnit", "µm"),
                    new XAttribute("PhysicalSizeY", Number(voxel.YUm)), new XAttribute("PhysicalSizeYUnit", "µm"),
                    new XAttribute("PhysicalSizeZ", Number(voxel.ZUm)), new XAttribute("PhysicalSizeZUnit", "µm"),
                    new XElement(Ome + "Channel", new XAttribute("ID", "Channel:0:0"), new XAttribute("SamplesPerPixel", 1)),
                    new XElement(Ome + "TiffData", new XAttribute("IFD", 0), new XAttribute("PlaneCount", shape.Z)))));
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + ome.ToString(SaveOptions.DisableFormatting);
    }
}
