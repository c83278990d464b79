using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Volumes that are not on disk yet, as far as their planes are final, so that restoration can begin on them.</summary>
/// <remarks>The source's thread and the raw writer note what they do and never wait for a reader: a reader holds the lock for a look
/// only, and lends pixels for as long as it takes to copy one plane. A volume is held from its first plane until it is stored, which is
/// when the raw hop gives it up too, so nothing stays in memory because of this.</remarks>
internal sealed class ComingVolumes
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _volumes = [];
    private bool _abandoned;

    /// <param name="planes">How many planes from the first on are final.</param>
    public void Note(VolumeIndex index, VolumeBuffer pixels, int planes)
    {
        lock (_gate)
        {
            if (_abandoned) return;
            int at = Find(index);
            if (at < 0) pixels.Retain();
            if (at < 0) _volumes.Add(new(index, pixels, planes));
            else _volumes[at] = new(index, pixels, planes);
        }
    }

    /// <summary>The volume is stored, or nobody wants it any more.</summary>
    public void Remove(VolumeIndex index)
    {
        lock (_gate)
        {
            int at = Find(index);
            if (at < 0) return;
            _volumes[at].Pixels.Release();
            _volumes.RemoveAt(at);
        }
    }

    /// <summary>The earliest volume of a channel that comes.</summary>
    public VolumeIndex? First(int channel)
    {
        lock (_gate)
        {
            VolumeIndex? first = null;
            foreach (Entry entry in _volumes)
                if (entry.Index.C == channel && !(first?.T < entry.Index.T)) first = entry.Index;
            return first;
        }
    }

    /// <summary>Lends the pixels of a volume if the plane is final; the caller releases them.</summary>
    /// <param name="next">Whether the plane after it is final, too.</param>
    public VolumeBuffer? Lend(VolumeIndex index, int z, out bool next)
    {
        lock (_gate)
        {
            int at = Find(index);
            next = at >= 0 && z + 1 < _volumes[at].Planes;
            if (at < 0 || z >= _volumes[at].Planes) return null;
            _volumes[at].Pixels.Retain();
            return _volumes[at].Pixels;
        }
    }

    /// <summary>Gives everything back and takes no more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            foreach (Entry entry in _volumes) entry.Pixels.Release();
            _volumes.Clear();
        }
    }

    private int Find(VolumeIndex index)
    {
        for (int i = 0; i < _volumes.Count; i++)
            if (_volumes[i].Index == index) return i;
        return -1;
    }

    private readonly record struct Entry(VolumeIndex Index, VolumeBuffer Pixels, int Planes);
}
