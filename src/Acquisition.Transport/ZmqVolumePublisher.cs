using System.Buffers;
using Acquisition.Core;
using Acquisition.Transport.Sockets;
using Acquisition.Transport.Wire;
using MessagePack;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Transport;

/// <summary>Publishes restored volumes and the run's status over ZeroMQ, to any number of listeners.</summary>
/// <remarks>Thread-safe. Never waits: a listener too slow for <see cref="PublisherOptions.HighWaterMark"/> loses messages,
/// which it sees as a gap in the sequence; ZeroMQ does not tell a publisher what it dropped for whom, so no counter here can.
/// A volume that no message can hold leaves such a gap too and is counted in every
/// status under "unpublished". Scans may take turns: each has a sequence of its own.</remarks>
public sealed class ZmqVolumePublisher : IVolumePublisher, IDisposable
{
    private const string StreamBeforeAnyScan = "restored";

    private readonly Lock _gate = new();
    private readonly OpenSocket _socket;
    private readonly string? _stream;
    private readonly ArrayBufferWriter<byte> _header = new(4096);
    private readonly Dictionary<Guid, (ulong Sequence, long Unpublished)> _sent = []; // of every scan so far: 40 bytes each
    private Guid _scanId;
    private bool _disposed;

    /// <exception cref="TransportException">The address cannot be had; the message says why and what to do.</exception>
    public ZmqVolumePublisher(PublisherOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _stream = options.Stream;
        _socket = OpenSocket.Open(
            () => new PublisherSocket(),
            socket =>
            {
                socket.Options.SendHighWatermark = options.HighWaterMark;
                socket.Options.MaxMsgSize = OpenSocket.SendersMaxMessageBytes;
                socket.Options.Linger = TimeSpan.FromSeconds(5); // the last volume of a run is worth as much as the first
            },
            options.Address,
            options.Bind,
            options.Security,
            (message, cause) => new TransportException(message, cause));
        BoundAddress = _socket.BoundAddress;
    }

    /// <summary>The address listeners connect to, with the port that was picked.</summary>
    public string BoundAddress { get; }

    /// <inheritdoc/>
    public long RefusedClients => _socket.RefusedClients;

    /// <summary>Volumes and states that no message could hold, of the scan that was published last.</summary>
    public long Unpublished { get { lock (_gate) return _sent.GetValueOrDefault(_scanId).Unpublished; } }

    /// <inheritdoc/>
    /// <exception cref="TransportException">The socket has failed.</exception>
    public void Publish(RestoredVolume volume)
    {
        ArgumentNullException.ThrowIfNull(volume);
        lock (_gate)
        {
            ulong sequence = NextSequence(volume.Plan.ScanId);
            MessagePackWriter writer = NewHeader();
            ResultEncoder.Volume(ref writer, volume, sequence, UnixTime.NowNs());
            writer.Flush();
            if (volume.Bytes > SourceOptions.LargestMessageBytes)
            {
                NoteUnpublished();
                return;
            }

            Msg pixels = Copy(volume.Pixels), map = volume.Uncertainty is { } uncertainty ? Copy(uncertainty) : default;
            Send(_stream ?? volume.Plan.Stream, MessageKind.Volume, ref pixels, ref map);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TransportException">The socket has failed.</exception>
    public void Publish(RunStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        lock (_gate)
        {
            ulong sequence = NextSequence(status.Plan?.ScanId ?? Guid.Empty);
            MessagePackWriter writer = NewHeader();
            ResultEncoder.Status(ref writer, status, sequence, UnixTime.NowNs(), _sent[_scanId].Unpublished);
            writer.Flush();
            Msg none = default;
            Send(_stream ?? status.Plan?.Stream ?? StreamBeforeAnyScan, MessageKind.Status, ref none, ref none);
        }
    }

    /// <summary>Closes the socket; what a listener has not taken yet goes out for up to 5 s, and the last socket of the
    /// process to close waits for that.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _socket.Dispose();
        }
    }

    private ulong NextSequence(Guid scanId)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _scanId = scanId;
        (ulong sequence, long unpublished) = _sent.GetValueOrDefault(scanId);
        _sent[scanId] = (sequence + 1, unpublished);
        return sequence;
    }

    private void NoteUnpublished() => _sent[_scanId] = _sent[_scanId] with { Unpublished = _sent[_scanId].Unpublished + 1 };

    private MessagePackWriter NewHeader()
    {
        _header.ResetWrittenCount();
        return new MessagePackWriter(_header);
    }

    private static Msg Copy(VolumeBuffer volume)
    {
        Msg part = default;
        part.InitPool((int)volume.Bytes);
        Span<byte> destination = part.Slice();
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            volume.Plane(z).CopyTo(destination);
            destination = destination[volume.PlaneBytes..];
        }

        return part;
    }

    /// <param name="map">Uninitialised for a volume without.</param>
    private void Send(string stream, MessageKind kind, ref Msg pixels, ref Msg map)
    {
        if (_header.WrittenCount > WireFormat.MaxHeaderBytes)
        {
            NoteUnpublished();
            if (pixels.IsInitialised) pixels.Close();
            if (map.IsInitialised) map.Close();
            return;
        }

        _socket.TrySend(Topic.Format(stream, kind), _header.WrittenSpan, ref pixels, ref map, TimeSpan.Zero);
    }
}
