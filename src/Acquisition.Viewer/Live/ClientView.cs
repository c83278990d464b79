using Acquisition.Core;
using Acquisition.Viewer.Pictures;

namespace Acquisition.Viewer.Live;

/// <summary>One volume that a client looks at, and what it has of it. Guarded by its client.</summary>
/// <param name="timePoint">The one wanted; <see langword="null"/> for the newest.</param>
internal sealed class ClientView(VolumeKind kind, int channel, int? timePoint)
{
    private (int T, PictureSource Source, long Number, int Planes, bool IsFinal)? _has;
    private (int T, PictureSource Source)? _sections;
    private Reduction _reduction;

    public VolumeKind Kind => kind;

    public int Channel => channel;

    public int? TimePoint => timePoint;

    /// <summary>Whether the client has the volume for good, or follows the newest and has a newer one.</summary>
    public bool Has(int t, Reduction reduction) =>
        _has is { } has && _reduction == reduction && ((has.T == t && has.IsFinal) || (timePoint is null && has.T > t));

    /// <summary>What of the picture the client is to be sent: its planes from here on, if any.</summary>
    /// <param name="from">First plane that it lacks.</param>
    /// <returns>False when it has all that, or something newer.</returns>
    public bool Lacks(Picture picture, out int from)
    {
        from = 0;
        if (picture.Planes == 0) return false;
        if (_has is not { } has || _reduction != picture.Reduction) return true;
        if (has.T != picture.Index.T) return timePoint is not null || picture.Index.T > has.T;
        if (has.IsFinal) return false;
        if (has.Source != picture.Source || has.Number != picture.Number) return true;
        from = has.Planes;
        return picture.Planes > has.Planes;
    }

    /// <summary>Whether the client has neither these planes nor the volume that they are of, nor anything newer.</summary>
    public bool Lacks(Sections sections)
    {
        if (timePoint is not null) return false;
        var now = (sections.Index.T, sections.Source);
        if (_sections is { } had && (had.T > now.T || had == now)) return false;
        return _has is not { } has || now.T > has.T || (now.T == has.T && has.Source != now.Source && !has.IsFinal);
    }

    /// <summary>Notes that the planes are sent.</summary>
    public void NoteSent(Sections sections) => _sections = (sections.Index.T, sections.Source);

    /// <summary>Notes that the picture is sent.</summary>
    /// <returns>Live volumes before it that the client was too slow for.</returns>
    public long NoteSent(Picture picture)
    {
        long skipped = _has is { } has && has.Number > 0 && picture.Number > has.Number ? picture.Number - has.Number - 1 : 0;
        _has = (picture.Index.T, picture.Source, picture.Number > 0 ? picture.Number : _has?.Number ?? 0, picture.Planes, picture.IsFinal);
        _reduction = picture.Reduction;
        return skipped;
    }

    /// <summary>Takes over what the client has of the same kind and channel, when it looks at another time point.</summary>
    public void Inherit(ClientView former) => (_has, _sections, _reduction) = (former._has, former._sections, former._reduction);

    /// <summary>Another run is shown: the client has nothing of it.</summary>
    public void Forget() => (_has, _sections) = (null, null);
}
