using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Transport.Sockets;
using Acquisition.Transport.Wire;

namespace Acquisition.Transport.Recording;

/// <summary>Keeps what a source sends: every message, good or bad, with the time of its arrival.</summary>
/// <remarks>A PULL socket takes the messages away from other receivers; beside a run only a PUB source can be recorded. Memory
/// stays at one message and what waits in the socket.</remarks>
/// <param name="source">Where to listen.</param>
/// <param name="keepGoing">Whether to go on after the end of a scan.</param>
/// <param name="idleTimeout">Silence after which to stop, also before the first message; <see langword="null"/> for never.</param>
public sealed class WireRecorder(SourceOptions source, bool keepGoing, TimeSpan? idleTimeout)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Multipart _message = new(kept: RecordingFormat.MaxParts);
    private RecordingSummary _summary = new();
    private Guid? _scan;

    /// <summary>Records on the calling thread until cancelled, or until an end that the constructor was told of. Call once.</summary>
    /// <exception cref="SourceException">The source cannot be opened or has failed.</exception>
    /// <exception cref="StorageException">The disk refused; what was recorded before can be read.</exception>
    public RecordingSummary Record(RecordingWriter writer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(writer);
        using OpenSocket socket = ReceivingSocket.Open(source);
        long heard = Stopwatch.GetTimestamp();
        long? first = null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (!_message.TryReceive(socket, Tick))
                {
                    if (Stopwatch.GetElapsedTime(heard) >= idleTimeout) return Finish(writer, $"nothing came for {idleTimeout.Value.TotalSeconds:0.#} s");
                    continue;
                }

                heard = Stopwatch.GetTimestamp();
                first ??= heard;
                writer.Append(UnixTime.NowNs(), Math.Min(_message.Count, RecordingFormat.MaxParts), part => _message[part]);
                _summary = _summary with { Duration = Stopwatch.GetElapsedTime(first.Value, heard) };
                if (Count() && !keepGoing) return Finish(writer, "the scan has ended");
            }
            finally
            {
                _message.Close();
            }
        }

        return Finish(writer, "stopped by the user");
    }

    private RecordingSummary Finish(RecordingWriter writer, string reason)
    {
        writer.Complete();
        return _summary with { Reason = reason };
    }

    /// <returns>Whether this was the end of the scan that was announced last, or of any scan when none was.</returns>
    private bool Count()
    {
        MessageKind kind;
        try
        {
            kind = Topic.Parse(_message[0], out _);
        }
        catch (RefusedException)
        {
            _summary = _summary with { Others = _summary.Others + 1 };
            return false;
        }

        switch (kind)
        {
            case MessageKind.Start:
                _summary = _summary with { Starts = _summary.Starts + 1 };
                _scan = Scan() ?? _scan;
                return false;
            case MessageKind.End:
                _summary = _summary with { Ends = _summary.Ends + 1 };
                return Scan() is { } scan && (_scan is null || scan == _scan);
            default:
                _summary = _summary with { Frames = _summary.Frames + 1 };
                return false;
        }
    }

    private Guid? Scan() =>
        _message[1].Length <= WireFormat.MaxHeaderBytes ? HeaderDecoder.Identify(_message[1].ToArray())?.ScanId : null;
}
