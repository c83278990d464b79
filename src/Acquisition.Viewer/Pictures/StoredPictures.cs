using Acquisition.Core;

namespace Acquisition.Viewer.Pictures;

/// <summary>Volumes from disk, shrunk to what is asked for, and the last few of them kept.</summary>
/// <remarks>Reading, decompressing and shrinking happen on one thread of low priority, one volume at a time, and part by part where it is
/// shrunk: however large a volume is, it takes its picture and <see cref="MostPartBytes"/>, or less where there is less. All memory is the pool's.</remarks>
/// <param name="pool">Shared with the live pictures, which may take back what is kept here.</param>
/// <param name="shortage">Told where the pool has no room.</param>
internal sealed class StoredPictures(VolumePool pool, Shortage shortage)
{
    /// <summary>Of a volume that is read to be shrunk. Default layouts of 8192 samples a row fit whole pieces.</summary>
    public const long MostPartBytes = 32L << 20;

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
        VolumeShape shape = key.Reduction.Of(plan.ShapeOf(key.Kind));
        PixelType type = plan.PixelTypeOf(key.Kind);
        bool isMade = false;
        VolumeBuffer? pixels = Rent(shape, type);
        try
        {
            isMade = pixels is not null && TryFill(archive, key, t, pixels);
        }
        finally
        {
            if (!isMade) pixels?.Release();
        }

        if (!isMade)
        {
            shortage.Note(key.Kind, isLive: false, shape, type);
            return null;
        }

        shortage.Forget(key.Kind, isLive: false);
        Keep(archive, key, t, pixels!);
        return pixels;
    }

    /// <summary>Reads the plane through a place across one axis, for the caller to release. On one thread at a time.</summary>
    /// <param name="axis">0 to 2 for z, y and x.</param>
    /// <returns><see langword="null"/> while the pool has no room for it.</returns>
    /// <exception cref="AcquisitionException">It cannot be read.</exception>
    public Slice? ReadSlice(IRunArchive archive, VolumeKind kind, VolumeIndex index, SamplePoint place, int axis)
    {
        ScanPlan plan = archive.Plan!;
        var (from, shape) = Slice.PartOf(plan.ShapeOf(kind), place, axis);
        if (Rent(shape, plan.PixelTypeOf(kind)) is not { } pixels) return null;
        try
        {
            archive.Read(kind, index, from, pixels);
            return Slice.Of(from, pixels, axis);
        }
        catch
        {
            pixels.Release();
            throw;
        }
    }

    /// <returns>False where the pool has no room for the parts.</returns>
    private bool TryFill(IRunArchive archive, PictureKey key, int t, VolumeBuffer picture)
    {
        if (key.Reduction != Reduction.None) return TryShrink(archive, key, t, picture);
        archive.Read(key.Kind, new VolumeIndex(t, key.C), from: default, picture);
        return true;
    }

    /// <summary>Reads a volume part by part, and shrinks each before the next is read.</summary>
    private bool TryShrink(IRunArchive archive, PictureKey key, int t, VolumeBuffer picture)
    {
        VolumeShape volume = archive.Plan!.ShapeOf(key.Kind), piece = archive.PiecesOf(key.Kind);
        PixelType type = picture.PixelType;
        Reduction reduction = key.Reduction;
        VolumeShape part = PartShape.Of(volume, piece, reduction, type.Bytes(), MostPartBytes), least = PartShape.Of(volume, piece, reduction, type.Bytes(), 0);
        for (int z = 0; z < volume.Z; z += part.Z)
        {
            for (int y = 0; y < volume.Y; y += part.Y)
            {
                VolumeBuffer? lent;
                while ((lent = Rent(Cut(part, volume, z, y), type)) is null)
                {
                    // Only the first part can become smaller: the others begin where it ends.
                    if (part == least || z > 0 || y > 0) return false;
                    part = PartShape.Of(volume, piece, reduction, type.Bytes(), (long)part.Z * part.Y * part.X * type.Bytes() / 2);
                }

                try
                {
                    archive.Read(key.Kind, new VolumeIndex(t, key.C), new SamplePoint(z, y, 0), lent);
                    _shrinking.ShrinkPart(lent, reduction, picture, z / reduction.Z, y / reduction.Y);
                }
                finally
                {
                    lent.Release();
                }
            }
        }

        return true;
    }

    /// <summary>What of the part lies in the volume.</summary>
    private static VolumeShape Cut(VolumeShape part, VolumeShape volume, int z, int y) => new(Math.Min(part.Z, volume.Z - z), Math.Min(part.Y, volume.Y - y), part.X);

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
