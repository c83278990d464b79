using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>A run between a scripted source and stores in memory.</summary>
public abstract class ScanRunCase : IDisposable
{
    private readonly List<ScanRun> _runs = [];

    private protected ScanRun? LastRun => _runs.LastOrDefault();

    private protected MemoryRunStore Store { get; } = new();

    /// <summary>One a run, in order.</summary>
    private protected List<MemoryRunStore> Stores { get; } = [];

    private protected MemoryPublisher Publisher { get; } = new();

    private protected RepeatingEngine Engine { get; } = new();

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="store">In place of <see cref="Store"/>, which serves one run.</param>
    private protected ScanRun Run(Action<IFrameObserver, CancellationToken> script, PipelineOptions? options = null, TimeProvider? clock = null,
        RestorationOptions? restoration = null, Func<ScanPlan, IVolumeConditioner>? conditioning = null, MemoryRunStore? store = null,
        IRunScreen? screen = null)
    {
        Stores.Add(store ?? Store);
        _runs.Add(new ScanRun(new ScriptedSource(script), _ => store ?? Store, Publisher, Restoring(restoration), restoration ?? new RestorationOptions(),
            options ?? new PipelineOptions { Previews = false }, clock ?? TimeProvider.System, conditioning: conditioning, screen: screen));
        return _runs[^1];
    }

    /// <summary>By Self-Vision's procedure with <see cref="Engine"/>.</summary>
    private protected Func<ScanPlan, Action<string>, ScanRestoration> Restoring(RestorationOptions? options = null) =>
        (plan, _) => ScanRestoration.SelfVision(Engine, plan, options ?? new RestorationOptions());

    public void Dispose()
    {
        foreach (ScanRun run in _runs) run.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A source that sends all frames and never says that this was the end.</summary>
    private protected static void SendUntilStopped(IFrameObserver observer, ScanPlan plan, CancellationToken stop)
    {
        observer.OnStart(plan, 0, repeat: false);
        foreach (var (sequence, index) in Scans.Frames(plan)) observer.Send(plan, sequence, index);
        stop.WaitHandle.WaitOne();
    }

    /// <summary>A source from which nothing more comes, second by second.</summary>
    private protected static void IdleUntilStopped(IFrameObserver observer, ManualClock clock, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            observer.OnIdle();
        }
    }

    /// <summary>Waits until so many stored volumes wait to be restored.</summary>
    private protected void AwaitBacklog(int volumes) => Assert.True(SpinWait.SpinUntil(
        () => LastRun!.Status.Queues.Single(queue => queue.Name == "restore").Depth == volumes, TimeSpan.FromSeconds(60)));

    private protected static void AssertCloses(RunReport report)
    {
        Assert.Equal(report.Status.Frames.Received, report.Status.Frames.Stored + report.Status.Frames.RefusedTotal);
        Assert.Equal(0, report.Status.Frames.InFlight);
        Assert.Equal(
            report.Status.Volumes.Assembled,
            report.Status.Volumes.Restored + report.Status.Volumes.Pending + report.Status.Volumes.Skipped.Values.Sum());
        Assert.True(report.LedgerCloses);
    }

    private protected void AssertRawIsWhatWasSent(ScanPlan plan, IEnumerable<FrameIndex> lost)
    {
        var missing = lost.ToHashSet();
        foreach (var (volume, bytes) in Store.Raw.Volumes)
        {
            for (int z = 0; z < plan.Shape.Z; z++)
            {
                var index = new FrameIndex(volume.T, volume.C, z);
                byte[] expected = missing.Contains(index) ? new byte[plan.PlaneBytes] : Scans.Pixels(plan, index);
                Assert.Equal(expected, bytes[(z * plan.PlaneBytes)..((z + 1) * plan.PlaneBytes)]);
            }
        }
    }
}
