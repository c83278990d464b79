using System.Diagnostics;
using Acquisition.Core;
using Acquisition.HardwareSim.Faults;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Sends one stream with its faults, and keeps count. Used once, from one thread.</summary>
internal sealed class StreamSender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>A port is free again a moment after its socket has closed.</summary>
    private static readonly TimeSpan ReopenPatience = TimeSpan.FromSeconds(10);

    private readonly SendingOptions _options;
    private readonly IMessageStream _stream;
    private readonly TextWriter _notes;
    private FrameSender _sender;
    private long _started = Stopwatch.GetTimestamp();
    private WireMessage? _lastStart;
    private MessageId? _highest;
    private bool _isWaiting;

    /// <exception cref="TransportException">The address cannot be had; the message says why and what to do.</exception>
    public StreamSender(SendingOptions options, IMessageStream stream, TextWriter notes)
    {
        (_options, _stream, _notes) = (options, stream, notes);
        _sender = new FrameSender(options.Socket);
        Address = options.Socket.Bind ? _sender.BoundAddress : options.Socket.Address;
        Summary = new ScanSummary { Scan = stream.ScanId, Truth = stream.Truth, Address = Address };
    }

    /// <summary>Where it sends, with the port that was picked.</summary>
    public string Address { get; }

    public ScanSummary Summary { get; }

    private FaultOptions Faults => _options.Faults;

    /// <summary>Sends everything. Waits for a receiver as long as it takes.</summary>
    /// <returns>False when the source has died of <see cref="FaultOptions.DieAfter"/>.</returns>
    /// <exception cref="AcquisitionException">The stream cannot go on, or the socket failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, perhaps within a volume.</exception>
    public bool SendAll(CancellationToken cancellation)
    {
        Passage passage = Send(_stream.Messages(new Pacer(TimeProvider.System), cancellation), cancellation);
        if (passage == Passage.Restarts)
        {
            IEnumerable<Outgoing> again = _stream.Messages(new Pacer(TimeProvider.System), cancellation);
            var names = new ScanNames();
            if (Faults.RestartAs == Restart.NewScan) again = again.Select(item => item with { Message = names.Renamed(item.Message) });
            passage = Send(again, cancellation);
        }

        Summary.Seconds = Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 3);
        return passage == Passage.Ends;
    }

    /// <summary>Ends a scan that could not be sent whole, when it was announced and a receiver is there.</summary>
    /// <param name="status">"aborted" or "failed".</param>
    public void BreakOff(string status, string reason)
    {
        Summary.Status = status;
        Summary.Seconds = Math.Round(Stopwatch.GetElapsedTime(_started).TotalSeconds, 3);
        if (_lastStart is not { Stream: { } stream, Id: { } start }) return;

        // Lost frames count as sent: a camera does not know of them.
        ulong next = (_highest?.ScanId == start.ScanId ? _highest.Value.Sequence : 0) + 1;
        var end = new ScanEnd(start.ScanId, next, Summary.FramesSent + Summary.Dropped, status, reason);
        _sender.TrySend(WireMessage.End(stream, end), Patience);
    }

    public void Dispose() => _sender.Dispose();

    private enum Passage
    {
        Ends,
        Dies,
        Restarts,
    }

    private Passage Send(IEnumerable<Outgoing> stream, CancellationToken cancellation)
    {
        foreach (Outgoing item in new FaultyStream(Faults, Summary).Apply(stream))
        {
            Send(item.Message, cancellation);
            if (item.Message.IsStart)
            {
                if (Summary.Volumes++ == 0) _started = Stopwatch.GetTimestamp();
                _lastStart = item.Message.Copy();
            }

            if (!item.IsOwnFrame) continue;
            Note(item.MadeAs);
            if (++Summary.FramesSent == Faults.DieAfter) return Passage.Dies;
            if (Summary.FramesSent == Faults.StallAfter)
            {
                Summary.Stalls++;
                Wait(Faults.StallFor, cancellation);
            }

            if (Summary.FramesSent == Faults.DisconnectAfter)
            {
                Summary.Disconnects++;
                Reopen(Faults.DisconnectFor, cancellation);
            }

            if (Summary.FramesSent != Faults.RestartAfter) continue;
            Summary.Restarts++;
            Reopen(TimeSpan.Zero, cancellation);
            if (Faults.RestartAs != Restart.Continue) return Passage.Restarts;
            if (_lastStart is { } start) Send(start.With("repeat", false), cancellation);
        }

        return Passage.Ends;
    }

    private void Note(MessageId? frame)
    {
        if (frame is not { } id) return;
        if (_highest is { } highest && highest.ScanId == id.ScanId && id.Sequence < highest.Sequence) Summary.Disordered++;
        else _highest = id;
    }

    private void Send(WireMessage message, CancellationToken cancellation)
    {
        while (!_sender.TrySend(message, Patience)) NoteWaiting(cancellation);
        NoteTaken();
        if (message.IsFrame && message.Parts.Count > 2) Summary.Bytes += message.Parts[2].Length;
    }

    /// <summary>Closes the socket and opens another one at the same address. What was taken for sending still goes out.</summary>
    private void Reopen(TimeSpan pause, CancellationToken cancellation)
    {
        _sender.Dispose();
        Wait(pause, cancellation);
        long closed = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _sender = new FrameSender(_options.Socket with { Address = Address });
                return;
            }
            catch (TransportException) when (Stopwatch.GetElapsedTime(closed) < ReopenPatience)
            {
                Wait(TimeSpan.FromMilliseconds(10), cancellation);
            }
        }
    }

    private void NoteWaiting(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_isWaiting) return;
        _isWaiting = true;
        _notes.WriteLine($"waiting for a receiver on {Address} to take frames (start one, or press Ctrl-C to end)");
    }

    private void NoteTaken()
    {
        if (!_isWaiting) return;
        _isWaiting = false;
        _notes.WriteLine("the receiver takes frames");
    }

    private static void Wait(TimeSpan delay, CancellationToken cancellation)
    {
        if (delay > TimeSpan.Zero) cancellation.WaitHandle.WaitOne(delay);
        cancellation.ThrowIfCancellationRequested();
    }
}
