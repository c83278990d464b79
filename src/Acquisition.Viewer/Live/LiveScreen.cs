using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Viewer.Pictures;

namespace Acquisition.Viewer.Live;

/// <summary>What of a running scan is not on disk yet, as pictures that all clients share.</summary>
/// <remarks>The run's threads leave a volume in one slot a channel and kind, where a newer one replaces it; a thread of low priority
/// cuts the planes that are looked at, shrinks what is watched into a picture and gives the volume back. What nobody watches stays in its slot for who comes late. Each picture that is watched holds one shrunk volume, and those
/// before it as long as they are being sent; what has no room in the pool is not shown.</remarks>
/// <param name="pool">Memory of the pictures.</param>
/// <param name="makeRoom">Asked to give memory of the pool back; false when there is none to give.</param>
/// <param name="shortage">Told where the pool has no room.</param>
/// <param name="changed">Called on the screen's thread when there is a new picture, or more of one.</param>
internal sealed class LiveScreen(VolumePool pool, Func<bool> makeRoom, Shortage shortage, Action changed) : IRunScreen
{
    private readonly object _gate = new();
    private readonly Dictionary<(VolumeKind Kind, int C), Slot> _slots = [];
    private readonly Dictionary<PictureKey, LivePicture> _pictures = [];
    private readonly Dictionary<SectionsKey, LiveSections> _sections = [];
    private readonly BlockMean _shrinking = new();
    private ImmutableHashSet<(VolumeKind Kind, int C)> _watched = [];
    private Guid _scan;
    private Guid _former;
    private long _replaced;
    private bool _isClosed;

    /// <inheritdoc/>
    public bool IsWatched => !Volatile.Read(ref _watched).IsEmpty;

    /// <summary>Volumes that a newer one replaced before they became a picture, and those that had no room.</summary>
    public long Replaced => Interlocked.Read(ref _replaced);

    /// <summary>Says what is looked at from now on; pictures that nobody looks at any more are given up.</summary>
    /// <param name="sections">Places of the same volumes.</param>
    public void Watch(IReadOnlyCollection<PictureKey> keys, IReadOnlyCollection<SectionsKey> sections)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            foreach (PictureKey gone in _pictures.Keys.Except(keys).ToArray())
            {
                _pictures[gone].Drop();
                _pictures.Remove(gone);
            }

            foreach (SectionsKey gone in _sections.Keys.Except(sections).ToArray())
            {
                _sections[gone].Drop();
                _sections.Remove(gone);
            }

            foreach (PictureKey key in keys) _pictures.TryAdd(key, new LivePicture(key));
            foreach (SectionsKey key in sections) _sections.TryAdd(key, new LiveSections(key));
            // Maps come with restored volumes and in their slot.
            Volatile.Write(ref _watched, [.. keys.Select(key => (key.Kind == VolumeKind.Raw ? VolumeKind.Raw : VolumeKind.Restored, key.C))]);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Shows this scan from now on, and nothing of another.</summary>
    public void Show(Guid scan)
    {
        lock (_gate)
        {
            if (_scan == scan) return;
            (_former, _scan) = (_scan, scan);
            // The scan's first planes may have come before anybody was told of it.
            Empty(slot => slot.Scan != scan);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The newest picture, for the caller to release.</summary>
    public Picture? Lend(PictureKey key)
    {
        lock (_gate) return _pictures.GetValueOrDefault(key)?.Lend();
    }

    /// <summary>The planes of the newest volume through a place, for the caller to release.</summary>
    public Sections? Lend(SectionsKey key)
    {
        lock (_gate) return _sections.GetValueOrDefault(key)?.Lend();
    }

    /// <summary>Whether somebody looks at a place.</summary>
    public bool IsCut(SectionsKey key)
    {
        lock (_gate) return _sections.ContainsKey(key);
    }

    public void PlanesReceived(ScanPlan plan, VolumeIndex index, VolumeBuffer pixels, int planes)
    {
        lock (_gate)
        {
            if (_isClosed || plan.ScanId == _former) return;
            Offer((VolumeKind.Raw, index.C), new Slot(plan.ScanId, index, pixels, null, planes, Now));
        }
    }

    public void Restored(RestoredVolume volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        lock (_gate)
        {
            if (_isClosed || volume.Plan.ScanId == _former) return;
            Offer((VolumeKind.Restored, volume.Index.C), new Slot(volume.Plan.ScanId, volume.Index, volume.Pixels, volume, volume.Pixels.Shape.Z, Now));
        }
    }

    /// <summary>Makes pictures until closed. For the screen's own thread.</summary>
    public void Run()
    {
        while (Take() is { } work)
        {
            try
            {
                Slot? map = work.Slot.Made is { Uncertainty: { } pixels } ? work.Slot with { Pixels = pixels } : null;
                // Planes are little work and all that most people wait for.
                if (Cut(work.Kind, work.Slot) | (map is not null && Cut(VolumeKind.Uncertainty, map))) changed();
                if (map is not null) Paint(VolumeKind.Uncertainty, map);
                Paint(work.Kind, work.Slot);
            }
            finally
            {
                work.Slot.Release();
            }

            changed();
        }
    }

    /// <summary>Gives everything back and ends <see cref="Run"/>.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Empty(_ => true);
            _pictures.Clear();
            _sections.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private void Empty(Predicate<Slot> which)
    {
        foreach (var (place, slot) in _slots)
        {
            if (!which(slot)) continue;
            _slots.Remove(place);
            slot.Release();
        }

        foreach (LivePicture picture in _pictures.Values) picture.Drop();
        foreach (LiveSections sections in _sections.Values) sections.Drop();
    }

    private void Offer((VolumeKind Kind, int C) place, Slot offered)
    {
        if (_slots.TryGetValue(place, out Slot? waiting))
        {
            bool isSameScan = waiting.Scan == offered.Scan;
            if (isSameScan && (waiting.Index.T > offered.Index.T || (waiting.Index == offered.Index && waiting.Made is { Provenance.Provisional: false }))) return;
            if (isSameScan && waiting.Index == offered.Index && waiting.Made is null)
            {
                // More planes of the same volume.
                _slots[place] = waiting with { Planes = offered.Planes, CameUnixMs = offered.CameUnixMs };
                return;
            }

            waiting.Release();
            if (_watched.Contains(place)) Interlocked.Increment(ref _replaced);
        }

        offered.Retain();
        _slots[place] = offered;
        Monitor.PulseAll(_gate);
    }

    private (VolumeKind Kind, Slot Slot)? Take()
    {
        lock (_gate)
        {
            while (!_isClosed)
            {
                foreach (var (place, slot) in _slots)
                {
                    if (slot.Scan != _scan || !_watched.Contains(place)) continue;
                    _slots.Remove(place);
                    return (place.Kind, slot);
                }

                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    /// <summary>Cuts the planes of a complete volume that are looked at.</summary>
    /// <returns>Whether there are any.</returns>
    private bool Cut(VolumeKind kind, Slot slot)
    {
        if (!slot.IsComplete) return false;
        LiveSections[] wanted;
        lock (_gate) wanted = [.. _sections.Values.Where(each => each.Key.Kind == kind && each.Key.C == slot.Index.C && each.Wants(slot))];
        bool isNews = false;
        foreach (LiveSections sections in wanted)
        {
            if (Rent(Sections.Extent(slot.Pixels.Shape), slot.Pixels.PixelType) is not { } pixels) continue;
            Sections.Cut(slot.Pixels, sections.Key.At, pixels);
            lock (_gate)
            {
                bool isShown = !_isClosed && slot.Scan == _scan && _sections.GetValueOrDefault(sections.Key) == sections;
                isNews |= isShown;
                if (isShown) sections.Publish(slot, pixels);
                else pixels.Release();
            }
        }

        return isNews;
    }

    /// <summary>Brings every picture of this kind and channel up to the volume.</summary>
    private void Paint(VolumeKind kind, Slot slot)
    {
        LivePicture[] pictures;
        lock (_gate) pictures = [.. _pictures.Values.Where(picture => picture.Key.Kind == kind && picture.Key.C == slot.Index.C)];
        foreach (LivePicture picture in pictures)
        {
            VolumeBuffer? pixels;
            int done;
            lock (_gate)
            {
                if (!IsShown(picture, slot) || !picture.Wants(slot)) continue;
                pixels = picture.GoOn(slot, out done);
            }

            Reduction reduction = picture.Key.Reduction;
            pixels ??= Rent(reduction.Of(slot.Pixels.Shape), slot.Pixels.PixelType);
            if (pixels is null)
            {
                Interlocked.Increment(ref _replaced);
                shortage.Note(kind, isLive: true, reduction.Of(slot.Pixels.Shape), slot.Pixels.PixelType);
                continue;
            }

            shortage.Forget(kind, isLive: true);

            int planes = reduction.PlanesOf(slot.Planes, slot.Pixels.Shape);
            _shrinking.Shrink(slot.Pixels, reduction, pixels, done, planes);
            lock (_gate)
            {
                if (IsShown(picture, slot)) picture.Publish(slot, pixels, planes);
                else pixels.Release();
            }
        }
    }

    /// <summary>Whether anybody still looks at the picture, and at this scan.</summary>
    private bool IsShown(LivePicture picture, Slot slot) =>
        !_isClosed && slot.Scan == _scan && _pictures.GetValueOrDefault(picture.Key) == picture;

    private VolumeBuffer? Rent(VolumeShape shape, PixelType type)
    {
        while (true)
        {
            if (pool.TryRent(shape, type) is { } pixels) return pixels;
            if (!makeRoom()) return null;
        }
    }
}
