using Acquisition.Core;
using Acquisition.HardwareSim.Sending;
using Acquisition.Transport.Recording;

namespace Acquisition.HardwareSim.Replay;

/// <summary>A recording of the wire, sent again message by message, byte for byte.</summary>
internal sealed class RecordingStream : IMessageStream
{
    private readonly string _path;
    private readonly Speed _speed;
    private readonly ScanNames? _names;
    private readonly TextWriter _notes;

    /// <param name="newScanId">Whether scans get a new id; every other byte stays.</param>
    /// <exception cref="AcquisitionException">The recording cannot be read, or holds no message.</exception>
    public RecordingStream(string path, Speed speed, bool newScanId, TextWriter notes)
    {
        (_path, _speed, _notes) = (path, speed, notes);
        _names = newScanId ? new ScanNames() : null;
        using RecordingReader reader = RecordingReader.Open(path);
        if (reader.Next() is not { } first) throw new DataFormatException($"'{reader.Location}' holds no whole message.");
        while (ScanId == Guid.Empty)
        {
            ScanId = first.Message.Id?.ScanId ?? Guid.Empty;
            if (reader.Next() is not { } next) break;
            first = next;
        }

        if (_names is not null && ScanId != Guid.Empty) ScanId = _names.Renamed(ScanId);
    }

    public string Title => $"replaying the recording {Path.GetFullPath(_path)}, first scan {ScanId}, {_speed}";

    public Guid ScanId { get; }

    public string? Truth => null;

    public IEnumerable<Outgoing> Messages(Pacer pacer, CancellationToken cancellation)
    {
        using RecordingReader reader = RecordingReader.Open(_path);
        long? first = null;
        TimeSpan due = TimeSpan.Zero;
        while (reader.Next() is { } recorded)
        {
            first ??= recorded.ArrivedUnixNs;
            TimeSpan at = _speed.Scale(TimeSpan.FromTicks((recorded.ArrivedUnixNs - first.Value) / TimeSpan.NanosecondsPerTick));
            if (at > due) due = at; // the recording machine's clock may have been set back
            pacer.Wait(due, cancellation);
            yield return new Outgoing(due, _names?.Renamed(recorded.Message) ?? recorded.Message);
        }

        if (reader.TornTail is { } torn) _notes.WriteLine($"note: {torn}; the recording was cut off there.");
    }

    public void Dispose() { }
}
