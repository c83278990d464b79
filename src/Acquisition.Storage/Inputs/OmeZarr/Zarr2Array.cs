using Acquisition.Core;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>An array's .zarray (Zarr 2).</summary>
internal static class Zarr2Array
{
    /// <exception cref="DataFormatException">It is no such array, or stored in a way that is not accepted.</exception>
    /// <exception cref="StorageException">It cannot be read, or needs a library that is not installed.</exception>
    public static ZarrArray Read(string folder, SeriesAxes axes)
    {
        JsonPlace root = JsonPlace.Read(Path.Combine(folder, ZarrFiles.Array));
        if (root["zarr_format"].Extent != 2) throw root["zarr_format"].Fault("2");
        root["order"].Expect("C");
        if (root.Find("filters") is { IsNull: false } filters && !filters.Items.IsEmpty) throw filters.Fault("null");
        JsonPlace dtype = root["dtype"];
        (PixelType type, bool bigEndian) = dtype.TextOrNull switch
        {
            "|u1" or "<u1" or ">u1" => (PixelType.UInt8, false),
            "<u2" => (PixelType.UInt16, false),
            ">u2" => (PixelType.UInt16, true),
            "<f4" => (PixelType.Float32, false),
            ">f4" => (PixelType.Float32, true),
            _ => throw dtype.Fault("|u1, <u2, >u2, <f4, >f4, that is uint8, uint16, float32"),
        };
        SeriesShape chunk = axes.Spread(root["chunks"]);
        return new ZarrArray
        {
            Folder = folder,
            Axes = axes,
            Shape = axes.Spread(root["shape"]),
            Piece = chunk,
            Chunk = chunk,
            Sample = ZarrSample.Parse(type, root.Find("fill_value")),
            Keys = ChunkKeys.Parse2(root.Find("dimension_separator")),
            Codecs = ChunkPipeline.Parse2(root["compressor"], type, bigEndian),
        }.Checked();
    }
}
