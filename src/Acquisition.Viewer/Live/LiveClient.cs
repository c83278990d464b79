using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Acquisition.Core;
using Acquisition.Viewer.Pictures;
using Acquisition.Viewer.Telling;

namespace Acquisition.Viewer.Live;

/// <summary>One page: tells it what is new, and sends it what it looks at, one volume at a time.</summary>
/// <remarks>While a page has not acknowledged a volume, none is sent, and what comes meanwhile is counted by the next one. Planes through
/// the crosshair do not wait for a volume, only for the planes before them. A page that does not read holds one message and nothing
/// else, until it is given up.</remarks>
/// <param name="sendPatience">How long one message may take.</param>
internal sealed class LiveClient(WebSocket socket, ClientHall hall, bool isOperator, TimeSpan sendPatience) : IDisposable
{
    /// <summary>A long message goes in parts, because the socket copies each part that it is given.</summary>
    public const int PartBytes = 256 << 10;

    private const int MostAnswers = 8;

    /// <summary>From here on, the planes through the crosshair go ahead of a volume.</summary>
    private const long LargeBytes = 1 << 20;

    /// <summary>How long a page may take to hear the last words.</summary>
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Queue<byte[]> _answers = new();
    private ImmutableArray<ClientView> _views = [];
    private long _budgetVoxels = 1;
    private SamplePoint? _crosshair;
    private ITimer? _pause;
    private long _restUntil;
    private SliceRequest? _slices;
    private int _sliced;
    private int _turn;
    private long _lastId;
    private long? _outstanding, _outstandingPlanes;
    private ShownRun? _run;
    private byte[]? _scan, _volumes, _status;
    private volatile bool _isEnding;

    /// <summary>The pictures of the newest volumes that it looks at.</summary>
    public IEnumerable<PictureKey> Following(ScanPlan plan)
    {
        ImmutableArray<ClientView> views;
        lock (_gate) views = _views;
        return from view in views where view.TimePoint is null && view.Channel < plan.Channels.Length select KeyOf(view, plan);
    }

    /// <summary>The places in them that it looks at, where the planes through them are much less than the volume.</summary>
    public IEnumerable<SectionsKey> Sections(ScanPlan plan)
    {
        ImmutableArray<ClientView> views;
        lock (_gate) views = _views;
        return from view in views let key = SectionsOf(view, plan) where key is not null select key.Value;
    }

    /// <summary>There may be something to tell or to send.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Serves the page until it goes, says something that is no message, or does not read.</summary>
    /// <param name="end">The server ends; the page is told how the run stands, and no more.</param>
    public async Task RunAsync(CancellationToken end)
    {
        using var registration = end.Register(() =>
        {
            _isEnding = true;
            _gone.CancelAfter(FarewellPatience);
            Wake();
        });
        Task reading = LeaveAfter(ReadAsync()), writing = LeaveAfter(WriteAsync());
        await Task.WhenAll(reading, writing).ConfigureAwait(false);
        socket.Abort();

        async Task LeaveAfter(Task work)
        {
            try
            {
                await work.ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
            {
                // The page has gone, or is given up.
            }
            finally
            {
                await _gone.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    public void Dispose()
    {
        _pause?.Dispose();
        _gone.Dispose();
    }

    private async Task ReadAsync()
    {
        var text = new byte[PageMessage.MostBytes];
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult got;
            do
            {
                got = await socket.ReceiveAsync(text.AsMemory(length), _gone.Token).ConfigureAwait(false);
                length += got.Count;
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "").ConfigureAwait(false);
                    return;
                }
            }
            while (!got.EndOfMessage && length < text.Length);
            try
            {
                if (!got.EndOfMessage || got.MessageType != WebSocketMessageType.Text) throw new JsonException($"A message is at most {PageMessage.MostBytes} bytes of text.");
                Take(PageMessage.Parse(text.AsSpan(0, length)));
            }
            catch (JsonException fault)
            {
                await CloseAsync(WebSocketCloseStatus.PolicyViolation, fault.Message[..Math.Min(fault.Message.Length, 100)]).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string why)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(1));
        await socket.CloseAsync(status, why, patience.Token).ConfigureAwait(false); // with the other side's answer, or it would not read why
    }

    private void Take(PageMessage message)
    {
        switch (message.Type)
        {
            case "look":
                Look(message);
                hall.Attend();
                break;
            case "cross":
                lock (_gate) _crosshair = message.At;
                hall.Attend();
                break;
            case "ack":
                lock (_gate)
                {
                    if (_outstanding == message.Id) (_outstanding, _restUntil) = (null, Environment.TickCount64 + message.RestMs);
                    if (_outstandingPlanes == message.Id) _outstandingPlanes = null;
                }

                break;
            case "slices":
                lock (_gate)
                {
                    _slices = new SliceRequest(message.Request, message.Kind, new VolumeIndex(message.T!.Value, message.C), message.At!.Value);
                    _sliced = 0;
                }

                break;
            default:
                byte[] answer = Told.Answer(message.Action, Do(message.Action));
                lock (_gate)
                {
                    _answers.Enqueue(answer);
                    if (_answers.Count > MostAnswers) _answers.Dequeue();
                }

                break;
        }

        Wake();
    }

    private CommandAnswer Do(string action)
    {
        if (!isOperator) return CommandAnswer.No("Only an operator may do that; open the page with the operator's address.");
        ViewedRun? run = hall.Run?.Run;
        Func<CommandAnswer>? command = action == "stop" ? run?.Stop : run?.Retune;
        return command?.Invoke() ?? CommandAnswer.No(run is { IsStored: false } ? "The scan is over; what is left is restored by the models that there are." : "This is a stored run.");
    }

    private void Look(PageMessage look)
    {
        lock (_gate)
        {
            ImmutableArray<ClientView> former = _views;
            _budgetVoxels = Math.Min(look.BudgetVoxels, PageMessage.LargestBudgetVoxels);
            _crosshair = look.At;
            _views =
            [
                .. look.Views.Select(wanted =>
                {
                    var view = new ClientView(wanted.Kind, wanted.C, wanted.T);
                    if (former.FirstOrDefault(v => v.Kind == wanted.Kind && v.Channel == wanted.C) is { } known) view.Inherit(known);
                    return view;
                }),
            ];
        }
    }

    private PictureKey KeyOf(ClientView view, ScanPlan plan) =>
        new(view.Kind, view.Channel, Reduction.For(plan.ShapeOf(view.Kind), plan.VoxelSizeOf(view.Kind), Math.Min(_budgetVoxels, hall.MostVoxels(plan.PixelTypeOf(view.Kind)))));

    /// <summary>The planes that the page is sent ahead of a volume of a view; <see langword="null"/> for none.</summary>
    private SectionsKey? SectionsOf(ClientView view, ScanPlan plan)
    {
        if (_crosshair is not { } at || view.TimePoint is not null || view.Channel >= plan.Channels.Length) return null;
        VolumeShape shape = plan.ShapeOf(view.Kind);
        if (KeyOf(view, plan).Reduction.Of(shape).Voxels * plan.PixelTypeOf(view.Kind).Bytes() < LargeBytes) return null;
        if (view.Kind == VolumeKind.Raw) at = plan.Scanned(at);
        return new(view.Kind, view.Channel, at.Within(shape));
    }

    private async Task WriteAsync()
    {
        while (!_gone.IsCancellationRequested)
        {
            if (hall.Run is { } run)
            {
                if (run != _run) Meet(run);
                if (NextText(run) is { } text)
                {
                    await SendAsync(text, WebSocketMessageType.Text, isLast: true).ConfigureAwait(false);
                    continue;
                }

                if (!_isEnding && await NextBinaryAsync(run).ConfigureAwait(false) is { } message)
                {
                    await SendAsync(message).ConfigureAwait(false);
                    continue;
                }
            }

            if (_isEnding)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "The program has ended.", _gone.Token).ConfigureAwait(false);
                await Task.Delay(Timeout.Infinite, _gone.Token).ConfigureAwait(false); // until the page has answered
            }

            await _wake.Reader.ReadAsync(_gone.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Another run is shown.</summary>
    private void Meet(ShownRun run)
    {
        lock (_gate)
        {
            (_run, _scan, _volumes, _status, _slices, _sliced) = (run, null, null, null, null, 0);
            foreach (ClientView view in _views) view.Forget();
        }
    }

    private byte[]? NextText(ShownRun run)
    {
        if (run.Scan(isOperator) is { } scan && scan != _scan) return _scan = scan;
        if (run.Volumes is { } volumes && volumes != _volumes) return _volumes = volumes;
        lock (_gate)
            if (_answers.TryDequeue(out byte[]? answer)) return answer;
        return run.Status is { } status && status != _status ? _status = status : null;
    }

    /// <summary>What the page is sent next: planes first, because somebody waits for them, then its views in turn.</summary>
    private async Task<BinaryMessage?> NextBinaryAsync(ShownRun run)
    {
        SliceRequest? wanted;
        int axis;
        ImmutableArray<ClientView> views;
        lock (_gate)
        {
            if (run.Plan is null) return null;
            foreach (ClientView view in _views)
                if (NextSectionsOf(run.Plan, view) is { } planes) return planes;
            if (_outstanding is not null) return null;
            (wanted, axis, views) = (_slices, _sliced, _views);
        }

        if (wanted is not null && await hall.SliceAsync(run, wanted, axis).ConfigureAwait(false) is { } slice)
        {
            lock (_gate)
            {
                if (_slices == wanted)
                {
                    if (++_sliced == Slice.Axes) (_slices, _sliced) = (null, 0);
                    return BinaryMessage.Of(slice, wanted, Number());
                }
            }

            slice.Pixels.Release(); // others are wanted by now
        }

        for (int i = 0; i < views.Length; i++)
        {
            int turn = (_turn + i) % views.Length;
            if (await NextOfAsync(run, views[turn]).ConfigureAwait(false) is not { } message) continue;
            _turn = turn + 1;
            return message;
        }

        return null;
    }

    private async Task<BinaryMessage?> NextOfAsync(ShownRun run, ClientView view)
    {
        if (view.Channel >= run.Plan!.Channels.Length) return null;
        PictureKey key = KeyOf(view, run.Plan);
        Picture? picture = await hall.PictureAsync(run, key, view).ConfigureAwait(false);
        if (picture is null) return null;
        BinaryMessage? planes;
        lock (_gate)
        {
            // The picture's planes may have been cut while it was looked for.
            planes = NextSectionsOf(run.Plan, view);
            if (planes is null && view.Lacks(picture, out int from) && IsTime(picture, from))
            {
                hall.NoteSent(replaced: view.NoteSent(picture));
                return BinaryMessage.Of(picture, from, Number());
            }
        }

        picture.Pixels.Release();
        return planes;
    }

    /// <summary>Planes that a view lacks, unless others are under way. For who holds the lock.</summary>
    private BinaryMessage? NextSectionsOf(ScanPlan plan, ClientView view)
    {
        if (_outstandingPlanes is not null || SectionsOf(view, plan) is not { } key || hall.Screen.Lend(key) is not { } sections) return null;
        if (view.Lacks(sections))
        {
            view.NoteSent(sections);
            _outstandingPlanes = ++_lastId;
            return BinaryMessage.Of(sections, _lastId);
        }

        sections.Pixels.Release();
        return null;
    }

    /// <summary>Whether the picture may be sent now. If not, the page is thought of again in time; by then there may be a newer one.</summary>
    private bool IsTime(Picture picture, int from)
    {
        TimeSpan wait = picture.IsComplete ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, _restUntil - Environment.TickCount64));
        if (wait == TimeSpan.Zero && (picture.Number == 0 || hall.Pace.TryTake((long)(picture.Planes - from) * picture.Pixels.PlaneBytes, out wait))) return true;
        _pause ??= TimeProvider.System.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _pause.Change(wait, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>Numbers a volume or a slice, which the page then has to acknowledge.</summary>
    private long Number() => (_outstanding = ++_lastId).Value;

    private async Task SendAsync(BinaryMessage message)
    {
        try
        {
            using var patience = Patience();
            await socket.SendAsync(message.Head, WebSocketMessageType.Binary, endOfMessage: false, patience.Token).ConfigureAwait(false);
            for (int at = 0; at < message.Payload.Length; at += PartBytes)
            {
                int length = Math.Min(PartBytes, message.Payload.Length - at);
                bool isLast = at + length == message.Payload.Length;
                await socket.SendAsync(message.Payload.Slice(at, length), WebSocketMessageType.Binary, isLast, patience.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            message.Lent.Release();
        }
    }

    private async Task SendAsync(byte[] text, WebSocketMessageType type, bool isLast)
    {
        using var patience = Patience();
        await socket.SendAsync(text, type, isLast, patience.Token).ConfigureAwait(false);
    }

    private CancellationTokenSource Patience()
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        patience.CancelAfter(sendPatience);
        return patience;
    }
}
