using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Viewer.Pictures;
using Acquisition.Viewer.Telling;

namespace Acquisition.Viewer.Live;

/// <summary>All pages that look at the run, and what they share: its texts, live pictures and stored ones.</summary>
internal sealed class ClientHall : IDisposable
{
    public const int MostClients = 64;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly VolumePool _pool;
    private readonly TimeSpan _sendPatience;
    private readonly Shortage _shortage;
    private readonly StoredPictures _stored;
    private readonly BackgroundThread _reading = new("viewer disk");
    private readonly BackgroundThread _painting = new("viewer screen");
    private readonly BackgroundThread _looking = new("viewer status");
    private readonly ManualResetEventSlim _closing = new();
    private readonly Task _lastLook;
    private ImmutableArray<LiveClient> _clients = [];
    private ShownRun? _run;
    private long _sent, _replaced;

    /// <param name="memoryBudgetBytes">For all pictures, being sent or kept.</param>
    /// <param name="bytesPerSec">Of a running scan, for all pages.</param>
    /// <param name="sendPatience">How long a page may take to read one message.</param>
    public ClientHall(long memoryBudgetBytes, long bytesPerSec, TimeSpan sendPatience)
    {
        _pool = new VolumePool(memoryBudgetBytes);
        _sendPatience = sendPatience;
        Pace = new Pace(bytesPerSec, TimeProvider.System);
        _shortage = new Shortage(memoryBudgetBytes);
        _stored = new StoredPictures(_pool, _shortage);
        Screen = new LiveScreen(_pool, _stored.MakeRoom, _shortage, WakeAll);
        _painting.Run(() => { Screen.Run(); return true; });
        _lastLook = _looking.Run(() =>
        {
            while (!_closing.Wait(LookEvery)) Look();
            Look();
            return true;
        });
    }

    public LiveScreen Screen { get; }

    public Pace Pace { get; }

    /// <summary>The run that is shown; <see langword="null"/> before there is any.</summary>
    public ShownRun? Run => Volatile.Read(ref _run);

    public long LentBytes => _pool.LentBytes;

    /// <summary>Most samples of one picture: raw and restored ones, and one of each that is still being sent, share the memory.</summary>
    public long MostVoxels(PixelType type) => Math.Max(1, _pool.BudgetBytes / 4 / type.Bytes());

    /// <summary>Other sites whose pages can read the run's datasets.</summary>
    public IReadOnlyCollection<string> DataSites { get; init; } = [];

    /// <summary>Shows this run from now on.</summary>
    public void Show(ViewedRun run)
    {
        Volatile.Write(ref _run, new ShownRun(run, DataSites));
        _stored.Forget();
        _shortage.Forget();
    }

    /// <summary>Serves a page as long as it stays.</summary>
    /// <returns>False when there are too many.</returns>
    public async Task<bool> ServeAsync(WebSocket socket, bool isOperator, CancellationToken end)
    {
        using var client = new LiveClient(socket, this, isOperator, _sendPatience);
        lock (_gate)
        {
            if (_clients.Length >= MostClients) return false;
            _clients = _clients.Add(client);
        }

        try
        {
            await client.RunAsync(end).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _clients = _clients.Remove(client);
            Attend();
        }

        return true;
    }

    /// <summary>Has pictures made of what clients look at now.</summary>
    public void Attend()
    {
        if (Run?.Plan is not { } plan) return;
        _shortage.Forget();
        Screen.Show(plan.ScanId);
        lock (_gate)
        {
            Screen.Watch(
                [.. _clients.SelectMany(client => client.Following(plan)).Distinct()],
                [.. _clients.SelectMany(client => client.Sections(plan)).Distinct()]);
        }
    }

    /// <summary>The picture that a view wants, as far as there is one that is newer or better than what its client has.</summary>
    /// <returns>For the caller to release.</returns>
    public async Task<Picture?> PictureAsync(ShownRun run, PictureKey key, ClientView view)
    {
        if (run.Archive is not { } archive) return null;
        int? wanted = view.TimePoint;
        if (wanted is null)
        {
            ImmutableArray<TimePointRange> stored = archive.Stored(key.Kind, key.C);
            wanted = stored.IsEmpty ? null : stored[^1].Last;
            if (Screen.Lend(key) is { } live)
            {
                if (wanted is null || live.Index.T > wanted || (live.Index.T == wanted && live.IsFinal)) return live;
                live.Pixels.Release();
            }
        }

        if (wanted is not { } t || !run.CanRead(key.Kind, new VolumeIndex(t, key.C)) || view.Has(t, key.Reduction)) return null;
        try
        {
            if (await _reading.Run(() => _stored.Read(archive, key, t)).ConfigureAwait(false) is not { } pixels) return null;
            Provenance? made = key.Kind == VolumeKind.Raw ? null : archive.ProvenanceOf(new VolumeIndex(t, key.C));
            return new Picture(key.Kind, new VolumeIndex(t, key.C), PictureSource.Stored, run.Plan!.ShapeOf(key.Kind), key.Reduction, pixels, pixels.Shape.Z, made, 0, 0);
        }
        catch (AcquisitionException fault)
        {
            run.NoteUnreadable(key.Kind, new VolumeIndex(t, key.C), fault.Message);
            return null;
        }
    }

    /// <summary>The plane wanted across one axis; <see langword="null"/> as long as the volume is not on disk, or there is no room for the plane.</summary>
    /// <param name="axis">0 to 2 for z, y and x.</param>
    /// <returns>For the caller to release.</returns>
    public async Task<Slice?> SliceAsync(ShownRun run, SliceRequest request, int axis)
    {
        if (run.Archive is not { } archive || !run.CanRead(request.Kind, request.Index)) return null;
        try
        {
            return await _reading.Run(() => _stored.ReadSlice(archive, request.Kind, request.Index, request.At, axis)).ConfigureAwait(false);
        }
        catch (AcquisitionException fault)
        {
            run.NoteUnreadable(request.Kind, request.Index, fault.Message);
            return null;
        }
    }

    /// <summary>Counts a volume that is sent, or part of one.</summary>
    /// <param name="replaced">Volumes before it that its client was too slow for.</param>
    public void NoteSent(long replaced)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _replaced, replaced);
    }

    /// <summary>Looks at the run once more and never again, so that pages keep its last words.</summary>
    public Task LookLastAsync()
    {
        _closing.Set();
        return _lastLook;
    }

    /// <summary>Ends the threads. Only when no client is left.</summary>
    public void Dispose()
    {
        _closing.Set();
        Screen.Close();
        _looking.Dispose();
        _painting.Dispose();
        _reading.Dispose();
        _stored.Forget();
        _closing.Dispose();
        _pool.Dispose();
    }

    private void Look()
    {
        if (Run is not { } run) return;
        bool isNewScan = run.Plan is null;
        bool isNews = run.Look(new JsonObject
        {
            ["clients"] = _clients.Length,
            ["sent"] = Interlocked.Read(ref _sent),
            ["replaced"] = Interlocked.Read(ref _replaced) + Screen.Replaced,
        }, _shortage.Words);
        if (isNewScan && run.Plan is not null) Attend();
        if (isNews) WakeAll();
    }

    private void WakeAll()
    {
        foreach (LiveClient client in _clients) client.Wake();
    }
}
