using Acquisition.Core;
using Acquisition.Viewer;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>A viewer on a free port, and a run for it that the test makes happen.</summary>
public abstract class ViewerCase : IAsyncLifetime
{
    private protected ViewerServer Server { get; private set; } = null!;

    private protected HttpClient Http { get; } = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    private protected VolumePool Pool { get; } = new(256L << 20);

    private protected ScanPlan Plan { get; } = StorageSamples.Plan(new VolumeShape(4, 6, 8), undersampling: new Factors(2, 2, 2), channels: ["a"]);

    private protected ViewerArchive Archive { get; set; } = null!;

    private protected RunStatus Status { get; set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected virtual ViewerOptions Options => new() { Address = "http://127.0.0.1:0" };

    public async ValueTask InitializeAsync()
    {
        Archive = new ViewerArchive(Plan);
        Status = new RunStatus { State = RunState.Live, Reason = "a test", Plan = Plan, Elapsed = TimeSpan.Zero };
        Server = await ViewerServer.StartAsync(Options);
        Server.Show(Run());
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Http.Dispose();
        Assert.Equal(0, Pool.LentBytes); // the screen gives everything back
        Pool.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ViewedRun Run() => new()
    {
        Status = () => Status,
        Archive = () => Archive,
        Stop = () => CommandAnswer.Yes("it stops"),
        Retune = () => CommandAnswer.No("no model yet"),
    };

    /// <summary>A page that knows the scan, so that what it looks at counts.</summary>
    private protected async Task<ViewerPage> OpenAsync()
    {
        ViewerPage page = await ViewerPage.OpenAsync(Server.Url);
        await page.HearAsync("scan");
        return page;
    }

    /// <summary>Looks at volumes, and waits until the run's volumes count as watched.</summary>
    private protected async Task LookAsync(ViewerPage page, params object[] views)
    {
        await page.LookAsync(views);
        await UntilAsync(() => Server.Screen.IsWatched);
    }

    private protected static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private protected VolumeBuffer Volume(VolumeKind kind, VolumeIndex index) =>
        ViewerArchive.Fill(Pool.TryRent(Plan.ShapeOf(kind), PixelType.UInt16)!, kind, index);

    /// <summary>The first planes of a raw volume come.</summary>
    private protected void Receive(VolumeIndex index, int planes)
    {
        VolumeBuffer volume = Volume(VolumeKind.Raw, index);
        Server.Screen.PlanesReceived(Plan, index, volume, planes);
        volume.Release();
    }

    private protected void Restore(VolumeIndex index, bool isPreview = false)
    {
        VolumeBuffer volume = Volume(VolumeKind.Restored, index);
        Server.Screen.Restored(new RestoredVolume { Plan = Plan, Pixels = volume, Provenance = ViewerSamples.Made(index, isPreview) });
        volume.Release();
    }

    /// <summary>Samples of some planes, little-endian.</summary>
    private protected byte[] Bytes(VolumeKind kind, VolumeIndex index, int from, int to)
    {
        int plane = Plan.ShapeOf(kind).PlaneVoxels;
        return [.. Enumerable.Range(from * plane, (to - from) * plane).SelectMany(i => BitConverter.GetBytes(ViewerArchive.Sample(kind, index, i)))];
    }
}
