using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Volumes from disk, shrunk to what is asked for, and the last few of them kept.</summary>
/// <remarks>Reading, decompressing and shrinking happen on one thread of low priority, one volume at a time. All memory is the pool's.</remarks>
/// <param name="pool">Shared with the live pictures, which may take back what is kept here.</param>
internal sealed class StoredPictures(VolumePool pool)
{
    private const int MostKept = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<(IRunArchive Archive, PictureKey Key, int T, VolumeBuffer Pixels)> _kept = [];
    private readonly BlockMean _shrinking = new();

    /// <summary>Gives the memory of the volume that was not used for longest back to the pool.</summary>
    /// <returns>False when none is kept.</returns>
    public bool MakeRoom()
    {
        lock (_gate)
        {
            if (_kept.Last is not { } last) return false;
            _kept.RemoveLast();
            last.Value.Pixels.Release();
            return true;
        }
    }

    public void Forget()
    {
        while (MakeRoom()) { }
    }

    /// <summary>Reads a stored volume, for the caller to release. On one thread at a time.</summary>
    /// <returns><see langword="null"/> while the pool has no room for it.</returns>
    /// <exception cref="AcquisitionException">It cannot be read.</exception>
    public VolumeBuffer? Read(IRunArchive archive, PictureKey key, int t)
    {
        if (Find(archive, key, t) is { } kept) return kept;
        ScanPlan plan = archive.Plan!;
        VolumeBuffer? pixels = null;
        if (key.Reduction == Reduction.None)
        {
            if ((pixels = Rent(plan.ShapeOf(key.Kind), plan.PixelTypeOf(key.Kind))) is null) return null;
            try
            {
                archive.Read(key.Kind, new VolumeIndex(t, key.C), pixels);
            }
            catch
            {
                pixels.Release();
                throw;
            }
        }
        else
        {
            if (Read(archive, key with { Reduction = Reduction.None }, t) is not { } full) return null;
            VolumeShape shape = key.Reduction.Of(full.Shape);
            if ((pixels = Rent(shape, full.PixelType)) is not null) _shrinking.Shrink(full, key.Reduction, pixels, 0, shape.Z);
            full.Release();
            if (pixels is null) return null;
        }

        Keep(archive, key, t, pixels);
        return pixels;
    }

    private VolumeBuffer? Find(IRunArchive archive, PictureKey key, int t)
    {
        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Archive != archive || node.Value.Key != key || node.Value.T != t) continue;
                _kept.Remove(node);
                _kept.AddFirst(node);
                node.Value.Pixels.Retain();
                return node.Value.Pixels;
            }

            return null;
        }
    }

    private void Keep(IRunArchive archive, PictureKey key, int t, VolumeBuffer pixels)
    {
        pixels.Retain();
        lock (_gate)
        {
            _kept.AddFirst((archive, key, t, pixels));
            while (_kept.Count > MostKept) MakeRoom();
        }
    }

    private VolumeBuffer? Rent(VolumeShape shape, PixelType type)
    {
        while (true)
        {
            if (pool.TryRent(shape, type) is { } pixels) return pixels;
            if (!MakeRoom()) return null;
        }
    }
}
