using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Gives every scan of a stream a new id.</summary>
internal sealed class ScanNames
{
    private readonly Dictionary<Guid, Guid> _newIds = [];

    public Guid Renamed(Guid scan) => _newIds.TryGetValue(scan, out Guid id) ? id : _newIds[scan] = Guid.NewGuid();

    /// <summary>The message of the renamed scan; itself where it names none.</summary>
    public WireMessage Renamed(WireMessage message) => message.Id is { } id ? message.WithScan(Renamed(id.ScanId)) : message;
}
