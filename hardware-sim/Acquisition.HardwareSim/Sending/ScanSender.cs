using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.HardwareSim.Sending;

/// <summary>Sends one scan and keeps count. Used once, from one thread.</summary>
/// <remarks>The start is announced again before every volume. Sequence numbers follow the order of acquisition, whatever
/// order the frames leave in, and a lost frame keeps its number.</remarks>
internal sealed class ScanSender
{
    private const double OtherScanShare = 0.05;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly FrameSender _sender;
    private readonly IVolumeSeries _series;
    private readonly FaultOptions _faults;
    private readonly Pacer _pacer;
    private readonly TextWriter _notes;
    private readonly byte[] _plane;
    private readonly Guid _otherScan = Guid.NewGuid();
    private long _started = Stopwatch.GetTimestamp();
    private ulong _otherSequence;
    private bool _isWaiting;

    public ScanSender(FrameSender sender, IVolumeSeries series, FaultOptions faults, Pacer pacer, TextWriter notes)
    {
        (_sender, _series, _faults, _pacer, _notes) = (sender, series, faults, pacer, notes);
        _plane = new byte[series.Plan.PlaneBytes];
    }

    /// <summary>Frames that left, copies not counted.</summary>
    public long FramesSent { get; private set; }

    public long Dropped { get; private set; }

    public long Duplicated { get; private set; }

    public long OtherScan { get; private set; }

    public long Volumes { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Since a receiver took the first announcement.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    private ScanPlan Plan => _series.Plan;

    // The start has 0, and every frame of the scan uses up one, lost or not.
    private ulong NextSequence => 1 + (ulong)(FramesSent + Dropped);

    /// <summary>Sends every volume and the end. Waits for a receiver as long as it takes.</summary>
    /// <returns>False when the source has died of <see cref="FaultOptions.DieAfter"/>.</returns>
    /// <exception cref="AcquisitionException">A volume cannot be made, or the socket failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, perhaps within a volume.</exception>
    public bool SendScan(CancellationToken cancellation)
    {
        for (int t = 0; t < Plan.TimePoints; t++)
        {
            for (int c = 0; c < Plan.Channels.Length; c++)
            {
                _series.Prepare(new VolumeIndex(t, c));
                if (c == 0) Wait(_pacer.BeforeVolume(), cancellation);
                Announce(cancellation);
                if (!SendFrames(new VolumeIndex(t, c), cancellation)) return false;
            }
        }

        while (!_sender.TrySendEnd(Plan.Stream, End("completed", ""), Patience)) NoteWaiting(cancellation);
        NoteTaken();
        return true;
    }

    /// <summary>Ends a scan that could not be sent whole, when it was announced and a receiver is there.</summary>
    /// <param name="status">"aborted" or "failed".</param>
    public void BreakOff(string status, string reason)
    {
        if (Volumes > 0) _sender.TrySendEnd(Plan.Stream, End(status, reason), Patience);
    }

    // Lost frames count as sent: a camera does not know of them.
    private ScanEnd End(string status, string reason) => new(Plan.ScanId, NextSequence, FramesSent + Dropped, status, reason);

    private void Announce(CancellationToken cancellation)
    {
        while (!_sender.TrySendStart(Plan with { AnnouncedUnixNs = UnixNs() }, sequence: 0, repeat: Volumes > 0, Patience))
        {
            NoteWaiting(cancellation);
        }

        NoteTaken();
        if (Volumes++ == 0) _started = Stopwatch.GetTimestamp();
    }

    private bool SendFrames(VolumeIndex volume, CancellationToken cancellation)
    {
        ulong firstSequence = NextSequence;
        foreach (int z in Order(volume))
        {
            Wait(_pacer.BeforeFrame(), cancellation);

            // Numbers of its own for every frame: what strikes one depends on no other frame, nor on the faults asked for.
            var chance = new SeededRandom(_faults.Seed, volume.T, volume.C, z);
            (double drop, double duplicate, double otherScan) = (chance.NextUnit(), chance.NextUnit(), chance.NextUnit());
            if (drop < _faults.Drop)
            {
                Dropped++;
                continue;
            }

            _series.ReadPlane(z, _plane);
            FrameHeader header = Header(firstSequence + (ulong)z, new FrameIndex(volume.T, volume.C, z));
            Send(header, cancellation);
            FramesSent++;
            if (duplicate < _faults.Duplicate)
            {
                Send(header, cancellation);
                Duplicated++;
            }

            if (_faults.SecondScan && otherScan < OtherScanShare)
            {
                Send(header with { ScanId = _otherScan, Sequence = _otherSequence++ }, cancellation);
                OtherScan++;
            }

            if (FramesSent == _faults.DieAfter) return false;
        }

        return true;
    }

    private int[] Order(VolumeIndex volume)
    {
        int[] order = [.. Enumerable.Range(0, Plan.Shape.Z)];
        if (!_faults.Shuffle) return order;
        var chance = new SeededRandom(_faults.Seed, volume.T, volume.C);
        for (int last = order.Length - 1; last > 0; last--)
        {
            int other = chance.Next(last + 1);
            (order[last], order[other]) = (order[other], order[last]);
        }

        return order;
    }

    private FrameHeader Header(ulong sequence, FrameIndex index) => new(
        Plan.ScanId, sequence, index, Plan.Shape.Y, Plan.Shape.X, Plan.PixelType,
        CameraFrame: (long)sequence - 1, CameraStampNs: (long)Elapsed.TotalNanoseconds, SentUnixNs: UnixNs());

    private void Send(FrameHeader header, CancellationToken cancellation)
    {
        while (!_sender.TrySendFrame(Plan.Stream, header, _plane, Patience)) NoteWaiting(cancellation);
        NoteTaken();
        Bytes += _plane.Length;
    }

    private void NoteWaiting(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_isWaiting) return;
        _isWaiting = true;
        _notes.WriteLine($"waiting for a receiver on {_sender.BoundAddress} to take frames (start one, or press Ctrl-C to end)");
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

    private static long UnixNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
