using System.Collections.Immutable;
using System.Reactive.Subjects;
using Acquisition.Core;
using Acquisition.Pipeline.Metering;

namespace Acquisition.Pipeline.Assembly;

/// <summary>Puts frames in their place and hands on each volume when it is complete or nobody waits for its rest any more.</summary>
/// <remarks>Runs on the source's thread; handing on blocks it when the disk is slower than the camera, which is how a source
/// learns to wait. Nothing here is fatal but a scan that cannot fit in memory or a run folder that cannot be made.</remarks>
internal sealed partial class VolumeAssembler : IFrameObserver, IDisposable
{
    private static readonly TimeSpan MemoryPatience = TimeSpan.FromMilliseconds(100);

    /// <summary>Once every planned volume is complete, how long the source has for its <c>end</c>.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    /// <summary>A running scan that has been silent for so long, two intervals and five exposures gives way to one whose first
    /// announcement was missed, as that of a restarted publisher is while its subscribers connect again.</summary>
    private static readonly TimeSpan LeastSilenceOfALostScan = TimeSpan.FromSeconds(3);

    private readonly Subject<AssembledVolume> _volumes = new();
    private readonly SequenceTracker _sequence = new();
    private readonly List<PartialVolume> _open = [];
    private readonly ClosedVolumes _closed = new();
    private readonly PipelineOptions _options;
    private readonly TimeProvider _clock;
    private readonly FrameCounters _counters;
    private readonly RateMeter _rate;
    private readonly IAssemblerHost _host;
    private readonly long _created;
    private long _lastHeard;
    private long _completeVolumes;
    private bool _finished;

    public VolumeAssembler(
        PipelineOptions options, TimeProvider clock, FrameCounters counters, RateMeter rate, IAssemblerHost host)
    {
        _options = options;
        _clock = clock;
        _counters = counters;
        _rate = rate;
        _host = host;
        _created = _lastHeard = clock.GetTimestamp();
    }

    /// <summary>Closed volumes, lent; completes with the scan.</summary>
    public IObservable<AssembledVolume> Volumes => _volumes;

    public ScanPlan? Plan { get; private set; }

    /// <summary>The scan that superseded this one.</summary>
    public ScanAnnouncement? Successor { get; private set; }

    public void Dispose() => _volumes.Dispose();

    public void OnStart(ScanPlan plan, ulong sequence, bool repeat)
    {
        if (_finished) return;
        if (Plan is null)
        {
            _host.Begin(plan);
            Plan = plan;
            _front = new ScanFront(plan);
            _lastHeard = _clock.GetTimestamp();
            // A repeated announcement carries the number of the first, which a late listener has not missed.
            if (!repeat) NoteSequence(sequence);
        }
        else if (plan.ScanId == Plan.ScanId)
        {
            _lastHeard = _clock.GetTimestamp();
            if (!repeat) NoteSequence(sequence);
            if (plan.Shape != Plan.Shape || plan.PixelType != Plan.PixelType || plan.Channels.Length != Plan.Channels.Length)
            {
                OnRefused(RefusalReason.PlanMismatch, isFrame: false, message: null, () =>
                    $"Scan {plan.ScanId} was announced again as {plan.Shape} {plan.PixelType.Name()} with {plan.Channels.Length} channel(s); it began as {Plan.Shape} {Plan.PixelType.Name()} with {Plan.Channels.Length}. The first announcement holds.");
            }
        }
        else if (repeat && _clock.GetElapsedTime(_lastHeard) < SilenceOfALostScan(Plan))
        {
            OnRefused(RefusalReason.OtherScan, isFrame: false, message: null, () =>
                $"Another source announces scan {plan.ScanId} while {Plan.ScanId} runs. Give it a stream or an address of its own.");
        }
        else
        {
            Successor = new ScanAnnouncement(plan, sequence, repeat);
            Finish(RunOutcome.Superseded, $"scan {plan.ScanId} was announced");
        }
    }

    public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels)
    {
        if (_finished) return;
        _counters.NoteReceived();
        _rate.Note();

        if (Plan is not { } plan)
        {
            Refuse(header, RefusalReason.BeforeStart);
            CheckSilence();
            return;
        }

        if (header.ScanId != plan.ScanId)
        {
            Refuse(header, RefusalReason.OtherScan);
            CheckSilence();
            return;
        }

        _lastHeard = _clock.GetTimestamp();
        ulong? number = NoteSequence(header.Sequence) ? header.Sequence : null;
        if (header.Height != plan.Shape.Y || header.Width != plan.Shape.X || header.PixelType != plan.PixelType)
        {
            Refuse(header, RefusalReason.PlanMismatch);
        }
        else if (!plan.Contains(header.Index))
        {
            NoteOutside(number);
            Refuse(header, RefusalReason.IndexOutsideShape);
        }
        else if (!Decide(plan, header, number, pixels))
        {
            Refuse(header, RefusalReason.Duplicate);
        }
        else if (_closed.TryGet(header.Index.Volume, out ImmutableArray<int> missing))
        {
            Refuse(header, missing.BinarySearch(header.Index.Z) >= 0 ? RefusalReason.Late : RefusalReason.Duplicate);
        }
        else
        {
            Admit(plan, header, number, pixels);
        }
    }

    /// <summary>Takes a frame of a volume that is not closed.</summary>
    private void Admit(ScanPlan plan, in FrameHeader header, ulong? number, ReadOnlySpan<byte> pixels)
    {
        PartialVolume? volume = Find(header.Index.Volume);
        if (volume is not null && volume.Holds(header.Index.Z))
        {
            Refuse(header, RefusalReason.Duplicate);
            return;
        }

        bool isDue = volume is not null || IsDue(header.Index.Volume, number);
        if (number is { } reached) _front!.NoteReached(reached);
        if (isDue) Place(plan, header.Index, pixels);
        else Hold(header, number, pixels);
    }

    public void OnEnd(ScanEnd end)
    {
        if (_finished) return;
        if (Plan is null || end.ScanId != Plan.ScanId)
        {
            OnRefused(Plan is null ? RefusalReason.BeforeStart : RefusalReason.OtherScan, isFrame: false, message: null, () =>
                $"The end of scan {end.ScanId} came while {(Plan is null ? "none" : Plan.ScanId)} runs.");
            return;
        }

        _sequence.NoteEnd(end.Sequence, end.FramesSent);
        CountSequence();
        _counters.NoteSent(end.FramesSent);
        string reason = end.Reason.Length > 0 ? $": {end.Reason}" : "";
        Finish(RunOutcome.Completed, $"the source says {end.Status}{reason}");
    }

    public void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail)
    {
        if (_finished) return;
        if (message is { } id && id.ScanId == Plan?.ScanId)
        {
            _lastHeard = _clock.GetTimestamp();
            bool isBelieved = NoteSequence(id.Sequence);
            if (reason == RefusalReason.IndexOutsideShape && isBelieved) NoteOutside(id.Sequence);
        }

        // Frames refused by the stateful checks above were counted as received when they came.
        if (isFrame) _counters.NoteReceived();
        if (_counters.NoteRefused(reason, isFrame)) _host.Warn($"{reason.Name()}: {detail()}");
        CheckSilence();
    }

    public void OnIdle() => CheckSilence();

    /// <summary>Closes what is open and completes. Later calls do nothing.</summary>
    public void Finish(RunOutcome outcome, string reason)
    {
        if (_finished) return;
        _finished = true;
        if (_held is { IsTaken: true, IsConfirmed: false }) RefuseHeld();
        while (_open.Count > 0) Close(_open[0]);
        _host.End(outcome, reason);
        _volumes.OnCompleted();
    }

    /// <summary>Gives back what is open without handing it on, after raw storage has failed.</summary>
    public void Abandon()
    {
        _finished = true;
        foreach (PartialVolume volume in _open) volume.Pixels.Release();
        _open.Clear();
    }

    /// <summary>Ends a scan that nothing comes of any more, whatever else comes.</summary>
    private void CheckSilence()
    {
        if (_finished) return;
        TimeSpan silence = _clock.GetElapsedTime(_lastHeard);
        if (Plan is not { } plan)
        {
            if (_options.FirstFrameTimeout is { } patience && _clock.GetElapsedTime(_created) >= patience)
                Finish(RunOutcome.SourceLost, $"no scan was announced within {patience.TotalSeconds:0.#} s");
            return;
        }

        if (plan.TimePoints is { } planned && _completeVolumes == (long)planned * plan.Channels.Length && silence >= EndPatience)
        {
            Finish(RunOutcome.Completed, "every planned volume is complete");
            return;
        }

        TimeSpan frame = Longer(_options.FrameTimeout, 5 * (plan.Exposure ?? TimeSpan.Zero));
        TimeSpan limit = _open.Count > 0 ? frame : Longer(_options.PauseTimeout, frame + (plan.Interval ?? TimeSpan.Zero));
        if (silence >= limit)
            Finish(RunOutcome.SourceLost, $"nothing came for {silence.TotalSeconds:0.#} s {(_open.Count > 0 ? "in mid-volume" : "after the last volume")}");
    }

    private static TimeSpan SilenceOfALostScan(ScanPlan plan) => Longer(
        LeastSilenceOfALostScan, Longer(2 * (plan.Interval ?? TimeSpan.Zero), 5 * (plan.Exposure ?? TimeSpan.Zero)));

    private void Place(ScanPlan plan, FrameIndex index, ReadOnlySpan<byte> pixels)
    {
        PartialVolume volume = Find(index.Volume) ?? Open(plan, index.Volume);
        _counters.NotePlaced();
        Put(volume, index.Z, pixels, _lastHeard);
        if (volume.IsComplete) Close(volume);
        CloseSilent();
    }

    private bool IsDue(VolumeIndex index, ulong? number) => _front!.IsDue(index, number, Find(_front.Newest(index.C)) is not null);

    private void Put(PartialVolume volume, int z, ReadOnlySpan<byte> pixels, long timestamp)
    {
        int final = volume.FinalPlanes;
        volume.Place(z, pixels, timestamp);
        if (volume.FinalPlanes > final) _host.PlanesFinal(volume.Index, volume.Pixels, volume.FinalPlanes);
    }

    private PartialVolume Open(ScanPlan plan, VolumeIndex index)
    {
        // Make room among the volumes of this channel first, so that the number open stays bounded.
        while (_open.Count(v => v.Index.C == index.C) >= _options.OpenVolumesPerChannel)
            Close(_open.First(v => v.Index.C == index.C));

        VolumeBuffer? pixels;
        while ((pixels = _host.Rent(plan, MemoryPatience)) is null)
        {
            // The disk is behind. Waiting here fills the socket's queue, and a source that pushes waits in turn.
            _host.ThrowIfStopped();
        }

        var volume = new PartialVolume(index, pixels, _lastHeard);
        _open.Add(volume);
        _front!.NoteBegun(index);
        return volume;
    }

    private void Close(PartialVolume partial)
    {
        if (_held.IsConfirmed && _held.Index.Volume == partial.Index) FillFromHeld(partial);
        _open.Remove(partial);
        AssembledVolume volume = partial.Close();
        _closed.Add(volume.Index, volume.MissingPlanes);
        if (volume.IsComplete) _completeVolumes++;
        try
        {
            _volumes.OnNext(volume);
        }
        finally
        {
            volume.Pixels.Release();
        }
    }

    /// <summary>Closes volumes that got nothing for a while in which others did. A source that pauses as a whole costs no volume.</summary>
    private void CloseSilent()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
            if (_clock.GetElapsedTime(_open[i].LastFrameTimestamp, _lastHeard) >= _options.VolumeTimeout) Close(_open[i]);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private PartialVolume? Find(VolumeIndex index)
    {
        foreach (PartialVolume volume in _open)
            if (volume.Index == index) return volume;
        return null;
    }

    /// <returns>Whether the number is believed.</returns>
    private bool NoteSequence(ulong sequence)
    {
        bool isBelieved = _sequence.Note(sequence);
        CountSequence();
        return isBelieved;
    }

    private void CountSequence() => _counters.NoteSequence(_sequence.Lost, _sequence.Repeated, _sequence.Disordered);

    private void Refuse(in FrameHeader header, RefusalReason reason)
    {
        if (!_counters.NoteRefused(reason, isFrame: true)) return;
        FrameHeader frame = header;
        _host.Warn($"{reason.Name()}: frame {frame.Index} of scan {frame.ScanId} ({frame.Height}×{frame.Width} {frame.PixelType.Name()}), message {frame.Sequence}; "
            + (Plan is { } plan
                ? $"the running scan is {plan.ScanId}, t {plan.TimePoints?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "open"}, c {plan.Channels.Length}, {plan.Shape} {plan.PixelType.Name()}."
                : "no scan has been announced."));
    }
}
