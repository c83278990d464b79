using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Acquisition.Core;

namespace Acquisition.Storage.Zarr;

/// <summary>The coarser levels of a dataset that nobody is writing to: arrays "1", "2" and so on beside "0", each volume a file of its own.</summary>
/// <remarks>The group names levels only after <see cref="Announce"/>, so that until then readers find a dataset without any. A store that
/// adds volumes later takes the announcement back first; see <see cref="ZarrVolumeStore"/>.</remarks>
internal sealed class Pyramid
{
    private readonly string _location;
    private readonly ZarrDescription _volumes;
    private readonly ShardFile _shards;
    private readonly ShardFile[] _levelShards;
    private readonly ZarrLayout[] _layouts;

    private Pyramid(string location, ZarrDescription volumes)
    {
        (_location, _volumes) = (location, volumes);
        Levels = PyramidLevel.Of(volumes.Layout.Volume);
        _shards = Shards(0, volumes.Layout);
        VolumeShape chunk = volumes.Layout.Chunk;
        _layouts = [.. Levels.Select(level => ZarrLayout.Balanced(level.Shape, volumes.Layout.PixelType, chunk.Z, Math.Max(chunk.Y, chunk.X)))];
        _levelShards = [.. Levels.Select((level, i) => Shards(level.Number, _layouts[i]))];
    }

    public ImmutableArray<PyramidLevel> Levels { get; }

    /// <exception cref="StorageException">It cannot be read, or needs a codec that is not installed.</exception>
    /// <exception cref="DataFormatException">It is no dataset of this program.</exception>
    public static Pyramid Open(string location) => new(location, ZarrDescription.Load(location));

    /// <summary>Volumes of level 0, which is what there are means of.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public ImmutableArray<VolumeIndex> Volumes() => _shards.List(_volumes.ChannelNames.Length);

    /// <summary>Makes the levels' arrays, as long as that of level 0. Their volumes may be there already.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    /// <exception cref="DataFormatException">There is an array that is not as this program makes it.</exception>
    public void PrepareArrays()
    {
        for (int i = 0; i < Levels.Length; i++)
        {
            string folder = Path.Combine(_location, ZarrMetadata.LevelPath(Levels[i].Number)), path = Path.Combine(folder, ZarrMetadata.FileName);
            JsonObject array = ZarrMetadata.Array(_volumes.ChannelNames.Length, _layouts[i], _volumes.Codec, _volumes.TimePoints, _volumes.ChunksSealed);
            JsonObject? found = File.Exists(path) ? ZarrMetadata.Load(path) : null;
            if (found is not null && !IsSameButForTime(array, found))
                throw new DataFormatException($"'{folder}' is no level as this program makes it from this dataset. Move the folder away.");
            if (found is not null && IsSame(array, found)) continue;
            RunFolder.Store("make a level", folder, 0, () => Directory.CreateDirectory(folder));
            ZarrMetadata.Save(folder, array);
        }
    }

    /// <summary>Makes what is missing of a volume's levels, or is damaged, or is older than the volume.</summary>
    /// <returns>Levels that were made.</returns>
    /// <exception cref="StorageException">The volume is damaged, or the disk refused.</exception>
    public int Complete(VolumeIndex index, VolumePool pool)
    {
        VolumeBuffer? finer = null;
        int made = 0;
        try
        {
            for (int i = 0; i < Levels.Length; i++)
            {
                VolumeBuffer level = Rent(pool, Levels[i].Shape);
                try
                {
                    if (!TryRead(i, index, level))
                    {
                        if (finer is null) HalveStored(index, level, pool);
                        else MeanHalving.Halve(finer, level, finer.Shape.Z);
                        _levelShards[i].Write(index, level, replaces: true);
                        made++;
                    }
                }
                catch
                {
                    level.Release();
                    throw;
                }

                finer?.Release();
                finer = level;
            }

            return made;
        }
        finally
        {
            finer?.Release();
        }
    }

    /// <summary>Names the levels in the group's metadata.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Announce()
    {
        JsonObject group = ZarrMetadata.Load(Path.Combine(_location, ZarrMetadata.FileName)), announced = group.DeepClone().AsObject();
        ZarrMetadata.AddLevels(announced, Levels);
        if (!IsSame(group, announced)) ZarrMetadata.Save(_location, announced);
    }

    /// <summary>Levels of a dataset that hold a volume, announced or not.</summary>
    public static IEnumerable<string> FilesOf(string location, VolumeIndex index, ZarrLayout layout) =>
        from level in PyramidLevel.Of(layout.Volume)
        let path = ShardFile.PathOf(Path.Combine(location, ZarrMetadata.LevelPath(level.Number)), index)
        where File.Exists(path)
        select path;

    private ShardFile Shards(int level, ZarrLayout layout) =>
        new(Path.Combine(_location, ZarrMetadata.LevelPath(level)), layout, _volumes.Codec, _volumes.ChunksSealed);

    private VolumeBuffer Rent(VolumePool pool, VolumeShape shape) =>
        pool.TryRent(shape, _volumes.Layout.PixelType) ?? throw new StorageException($"There is no memory for a level of {shape}.");

    private bool TryRead(int level, VolumeIndex index, VolumeBuffer pixels)
    {
        string path = _levelShards[level].PathOf(index);
        if (!File.Exists(path) || File.GetLastWriteTimeUtc(path) < File.GetLastWriteTimeUtc(_shards.PathOf(index))) return false;
        try
        {
            _levelShards[level].Read(index, default, pixels);
            return true;
        }
        catch (StorageException damage) when (damage.InnerException is InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The first level from the volume on disk, of which no more than a few planes are in memory.</summary>
    private void HalveStored(VolumeIndex index, VolumeBuffer level, VolumePool pool)
    {
        ZarrLayout layout = _volumes.Layout;
        int planes = layout.Chunk.Z * (level.Shape.Z == layout.Volume.Z ? 1 : 2);
        for (int z = 0; z < layout.Volume.Z; z += planes)
        {
            VolumeBuffer slab = Rent(pool, layout.Volume with { Z = Math.Min(planes, layout.Volume.Z - z) });
            try
            {
                _shards.Read(index, new SamplePoint(z, 0, 0), slab);
                MeanHalving.Halve(slab, level, layout.Volume.Z, z / (level.Shape.Z == layout.Volume.Z ? 1 : 2));
            }
            finally
            {
                slab.Release();
            }
        }
    }

    private static bool IsSameButForTime(JsonObject wanted, JsonObject found)
    {
        JsonObject compared = found.DeepClone().AsObject();
        if (compared["shape"] is JsonArray { Count: > 0 } shape) shape[0] = wanted["shape"]![0]!.DeepClone();
        return IsSame(wanted, compared);
    }

    /// <summary>This program writes members in one order, so equal metadata are equal text.</summary>
    private static bool IsSame(JsonObject one, JsonObject other) => one.ToJsonString() == other.ToJsonString();
}
