using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Storage;
using Acquisition.Transport;

namespace Acquisition.Benchmarks.Live;

/// <summary>One scan through a run in this process, over a real socket to a real folder, with an engine that may misbehave. What
/// restoration makes is thrown away, so that only its work differs from case to case.</summary>
internal static class IsolationRound
{
    /// <param name="stopsWith">What the engine may wait for; cancelled once every raw volume is stored.</param>
    /// <param name="hasDeafSubscriber">Whether to publish to a subscriber that never reads.</param>
    /// <returns>From each volume's last frame received to its line in the ledger, ms, in the order of the ledger.</returns>
    public static async Task<double[]> RunAsync(
        Bench bench, Load load, IRestorationEngine engine, RestorationOptions restoration, CancellationTokenSource stopsWith, bool hasDeafSubscriber)
    {
        string camera = Bench.FreeTcpAddress();
        using ZmqVolumePublisher? publisher = hasDeafSubscriber ? new ZmqVolumePublisher(new() { Address = Bench.FreeTcpAddress() }) : null;
        using NetMQ.Sockets.SubscriberSocket? deaf = publisher is null ? null : new();
        if (deaf is not null)
        {
            deaf.Options.ReceiveHighWatermark = 1;
            deaf.Connect(publisher!.BoundAddress);
            deaf.Subscribe("acq.");
        }

        using Child sender = SendChild.Start(camera, load);
        using var source = new ZmqFrameSource(new() { Address = camera });
        RunFolder? folder = null;
        using var run = new ScanRun(
            source,
            plan => new RawOnlyStore(folder = RunFolder.Create(new() { Root = bench.RunsFolder }, plan, "", DateTimeOffset.UtcNow)),
            publisher, (plan, _) => ScanRestoration.SelfVision(engine, plan, restoration), restoration, new PipelineOptions { FrameTimeout = TimeSpan.FromMinutes(5) }, TimeProvider.System);
        using var abandon = new CancellationTokenSource();
        Task<RunReport> running = Task.Run(() => run.RunAsync(CancellationToken.None, abandon.Token));
        await run.Received.ConfigureAwait(false);
        while (run.Status.Frames.InFlight > 0) await Task.Delay(20).ConfigureAwait(false);
        await stopsWith.CancelAsync().ConfigureAwait(false);
        await abandon.CancelAsync().ConfigureAwait(false);
        RunReport report = await running.ConfigureAwait(false);
        sender.Succeed();
        if (report.Status.Frames.Stored != (long)load.Volumes * load.Shape.Z) throw new InvalidOperationException($"Not all frames were stored: {report.Status.Frames}");
        return [.. RunLedger.StoredVolumes(folder!.Folder).Select(volume => volume.Latency.TotalMilliseconds)];
    }

    /// <summary>A run folder that keeps raw volumes only.</summary>
    private sealed class RawOnlyStore(RunFolder inner) : IRunStore
    {
        public string Folder => inner.Folder;

        public long FreeBytes => inner.FreeBytes;

        public IVolumeStore CreateRaw(ScanPlan plan) => inner.CreateRaw(plan);

        public IVolumeStore CreateRestored(ScanPlan plan, params ImmutableArray<string> conditioning) => new Nowhere();

        public IVolumeStore CreateUncertainty(ScanPlan plan, params ImmutableArray<string> conditioning) => new Nowhere();

        public void AppendProvenance(Provenance provenance) { }

        public string SaveModel(ReadOnlySpan<byte> safetensors) => inner.SaveModel(safetensors);

        public byte[] LoadModel(string sha256) => inner.LoadModel(sha256);

        public void AppendLedger<T>(string kind, T entry) => inner.AppendLedger(kind, entry);

        public void Complete(RunReport report) => inner.Complete(report);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Nowhere : IVolumeStore
    {
        public string Location => "";

        public void Write(VolumeIndex index, VolumeBuffer volume) { }

        public void Read(VolumeIndex index, VolumeBuffer destination) => throw new NotSupportedException("Nothing is kept.");
    }
}
