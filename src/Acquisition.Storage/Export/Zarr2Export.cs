using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage.Files;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Export;

/// <summary>Writes OME-Zarr 0.4: Zarr 2, each chunk a file, with the coarser levels of <see cref="PyramidLevel"/>.</summary>
internal sealed class Zarr2Export(ExportSource source, string output)
{
    /// <summary>Other characters are escaped: zarr-python 2 reads metadata as ASCII.</summary>
    private static readonly JsonSerializerOptions Ascii = new(RecordJson.Indented) { Encoder = JavaScriptEncoder.Default };

    private readonly PyramidLevel[] _levels = [new(0, source.Shape, (1, 1, 1)), .. PyramidLevel.Of(source.Shape)];
    private readonly ChunkCodec _codec = source.Description.Codec;

    public void Write(IProgress<string>? progress)
    {
        using var folder = new OutputFolder(output);
        ZarrLayout[] layouts = [.. _levels.Select(LayoutOf)];
        Save(Path.Combine(folder.Path, ".zgroup"), new() { ["zarr_format"] = 2 });
        for (int i = 0; i < _levels.Length; i++)
        {
            string array = Path.Combine(folder.Path, ZarrMetadata.LevelPath(i));
            RunFolder.Store("make a level", array, 0, () => Directory.CreateDirectory(array));
            Save(Path.Combine(array, ".zarray"), ArrayMetadata(layouts[i]));
        }

        using var pool = new VolumePool(long.MaxValue); // asked for one volume and its levels
        foreach (VolumeIndex index in source.Indices)
        {
            if (source.Missing.Contains(index)) continue; // absent chunks are zero
            VolumeBuffer volume = source.Rent(pool);
            try
            {
                Exporter.Read(source, index, volume, progress);
                WriteVolume(folder.Path, layouts, index, volume, pool);
            }
            finally
            {
                volume.Release();
            }
        }

        Save(Path.Combine(folder.Path, ".zattrs"), GroupMetadata());
        string provenance = Path.Combine(source.Location, ZarrDataset.ProvenanceFile);
        if (File.Exists(provenance))
            RunFolder.Store("copy the provenance", folder.Path, 0, () => File.Copy(provenance, Path.Combine(folder.Path, ZarrDataset.ProvenanceFile)));
        folder.Commit();
    }

    private void WriteVolume(string folder, ZarrLayout[] layouts, VolumeIndex index, VolumeBuffer volume, VolumePool pool)
    {
        WriteChunks(Path.Combine(folder, ZarrMetadata.LevelPath(0)), layouts[0], index, volume);
        VolumeBuffer finer = volume;
        try
        {
            foreach (PyramidLevel level in _levels.Skip(1))
            {
                VolumeBuffer coarse = pool.TryRent(level.Shape, volume.PixelType) ?? throw new StorageException($"There is no memory for a level of {level.Shape}.");
                MeanHalving.Halve(finer, coarse, finer.Shape.Z);
                if (finer != volume) finer.Release();
                finer = coarse;
                WriteChunks(Path.Combine(folder, ZarrMetadata.LevelPath(level.Number)), layouts[level.Number], index, coarse);
            }
        }
        finally
        {
            if (finer != volume) finer.Release();
        }
    }

    private void WriteChunks(string array, ZarrLayout layout, VolumeIndex index, VolumeBuffer volume)
    {
        byte[] raw = new byte[layout.ChunkBytes], packed = new byte[_codec.MaxPackedBytes(layout.ChunkBytes)];
        for (int chunk = 0; chunk < layout.ChunkCount; chunk++)
        {
            ChunkCopy.Gather(volume, layout, chunk, raw);
            if (raw.AsSpan().IndexOfAnyExcept((byte)0) < 0) continue; // absent chunks are zero
            int length = _codec.Encode(raw, packed);
            var (z, y, x) = layout.Origin(chunk);
            string path = Path.Combine([array, .. new[] { index.T, index.C, z / layout.Chunk.Z, y / layout.Chunk.Y, x / layout.Chunk.X }
                .Select(part => part.ToString(CultureInfo.InvariantCulture))]);
            RunFolder.Store($"store volume {index}", path, length, () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using FileStream file = File.Create(path);
                file.Write(packed.AsSpan(0, length));
            });
        }
    }

    private ZarrLayout LayoutOf(PyramidLevel level)
    {
        VolumeShape chunk = source.Description.Layout.Chunk;
        return ZarrLayout.Balanced(level.Shape, source.PixelType, chunk.Z, Math.Max(chunk.Y, chunk.X));
    }

    private JsonObject ArrayMetadata(ZarrLayout layout) => new()
    {
        ["zarr_format"] = 2,
        ["shape"] = new JsonArray(source.TimePoints, source.Channels.Length, layout.Volume.Z, layout.Volume.Y, layout.Volume.X),
        ["chunks"] = new JsonArray(1, 1, layout.Chunk.Z, layout.Chunk.Y, layout.Chunk.X),
        ["dtype"] = source.PixelType switch { PixelType.UInt8 => "|u1", PixelType.UInt16 => "<u2", _ => "<f4" },
        ["compressor"] = Compressor(),
        ["fill_value"] = 0,
        ["order"] = "C",
        ["filters"] = null,
        ["dimension_separator"] = "/",
    };

    /// <summary>As numcodecs names them.</summary>
    private JsonObject? Compressor()
    {
        if (_codec.Metadata is not { } named) return null;
        JsonObject configuration = named["configuration"]!.AsObject();
        return (string)named["name"]! == "blosc"
            ? new() { ["id"] = "blosc", ["cname"] = (string)configuration["cname"]!, ["clevel"] = (int)configuration["clevel"]!, ["shuffle"] = 1, ["blocksize"] = 0 }
            : new() { ["id"] = "gzip", ["level"] = (int)configuration["level"]! };
    }

    /// <summary>What the dataset says of itself, of the exported part.</summary>
    private JsonObject GroupMetadata()
    {
        JsonObject group = source.Group.DeepClone().AsObject();
        ShiftTime(group);
        ZarrMetadata.AddLevels(group, [.. _levels.Skip(1)]);
        JsonObject attributes = group["attributes"]!.AsObject(), ome = attributes["ome"]!.AsObject();
        JsonNode multiscales = ome["multiscales"]!.DeepClone(), omero = ome["omero"]!.DeepClone(), provenance = attributes[ZarrMetadata.ProvenanceKey]!.DeepClone();
        multiscales[0]!["version"] = "0.4";
        JsonArray channels = omero["channels"]!.AsArray();
        omero["channels"] = new JsonArray([.. source.Channels.Select(c => channels[c]!.DeepClone())]);
        provenance["steps"]!.AsArray().Add(new JsonObject
        {
            ["step"] = "exported",
            ["software"] = ZarrDataset.Software,
            ["input"] = Path.GetFileName(source.Location),
            ["first_time_point"] = source.First,
            ["channels"] = new JsonArray([.. source.Channels.Select(c => JsonValue.Create(c))]),
            ["missing"] = new JsonArray([.. source.Missing.Select(index => new JsonArray(index.T, index.C))]),
        });
        return new() { ["multiscales"] = multiscales, ["omero"] = omero, [ZarrMetadata.ProvenanceKey] = provenance };
    }

    /// <summary>An export that begins later keeps its place in time.</summary>
    private void ShiftTime(JsonObject group)
    {
        if (source.First == 0) return;
        JsonArray transformations = group["attributes"]!["ome"]!["multiscales"]![0]!["datasets"]![0]!["coordinateTransformations"]!.AsArray();
        double seconds = source.First * transformations[0]!["scale"]![0]!.GetValue<double>();
        if (transformations.Count == 1) transformations.Add(new JsonObject { ["type"] = "translation", ["translation"] = new JsonArray(0.0, 0.0, 0.0, 0.0, 0.0) });
        transformations[1]!["translation"]![0] = seconds;
    }

    private static void Save(string path, JsonObject metadata)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(metadata.ToJsonString(Ascii) + "\n");
        RunFolder.Store("write metadata", path, bytes.Length, () => AtomicFile.Write(path, bytes, replace: true));
    }
}
