using System.Collections.Concurrent;
using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>Plans and frames whose content is a formula of their index, so that a test knows every byte.</summary>
internal static class Scans
{
    public static ScanPlan Plan(
        int timePoints = 3, int channels = 1, int z = 4, int y = 10, int x = 12, PixelType type = PixelType.UInt16,
        Factors? undersampling = null, Guid? id = null) => new()
        {
            ScanId = id ?? Guid.Parse("11111111-2222-3333-4444-555555555555"),
            Stream = "sim",
            TimePoints = timePoints,
            Shape = new VolumeShape(z, y, x),
            PixelType = type,
            VoxelSize = new VoxelSize { ZUm = 2, YUm = 0.5, XUm = 0.5 },
            Undersampling = undersampling ?? new Factors(1, 2, 2),
            Mode = "light-sheet",
            Channels = [.. Enumerable.Range(0, channels).Select(c => $"ch{c}")],
        };

    public static byte[] Pixels(ScanPlan plan, FrameIndex index)
    {
        var random = new Random(HashCode.Combine(1000 * index.T + 100 * index.C + index.Z, 7));
        var pixels = new byte[plan.PlaneBytes];
        random.NextBytes(pixels);
        if (plan.PixelType == PixelType.Float32)
            for (int i = 0; i < pixels.Length; i += 4) BitConverter.TryWriteBytes(pixels.AsSpan(i), (float)random.Next(1000));
        return pixels;
    }

    /// <summary>Every frame of the plan, slow to fast in t, z, c: channels take turns, as cameras do.</summary>
    public static List<(ulong Sequence, FrameIndex Index)> Frames(ScanPlan plan)
    {
        var frames = new List<(ulong, FrameIndex)>();
        ulong sequence = 1;
        for (int t = 0; t < plan.TimePoints; t++)
            for (int z = 0; z < plan.Shape.Z; z++)
                for (int c = 0; c < plan.Channels.Length; c++)
                    frames.Add((sequence++, new FrameIndex(t, c, z)));
        return frames;
    }

    public static void Send(this IFrameObserver observer, ScanPlan plan, ulong sequence, FrameIndex index) =>
        observer.OnFrame(Header(plan, sequence, index), Pixels(plan, index));

    public static FrameHeader Header(ScanPlan plan, ulong sequence, FrameIndex index) =>
        new(plan.ScanId, sequence, index, plan.Shape.Y, plan.Shape.X, plan.PixelType, 0, 0, 0);

    public static void SendAll(this IFrameObserver observer, ScanPlan plan)
    {
        observer.OnStart(plan, 0, repeat: false);
        foreach (var (sequence, index) in Frames(plan)) observer.Send(plan, sequence, index);
        observer.OnEnd(End(plan));
    }

    public static ScanEnd End(ScanPlan plan) =>
        new(plan.ScanId, (ulong)Frames(plan).Count + 1, Frames(plan).Count, "completed", "");
}

/// <summary>A source that plays a script on the run's source thread.</summary>
internal sealed class ScriptedSource(Action<IFrameObserver, CancellationToken> script) : IFrameSource
{
    public string Description => "a script";

    public void Receive(IFrameObserver observer, CancellationToken cancellation) => script(observer, cancellation);
}

/// <summary>A run store in memory that can be told to fail.</summary>
internal sealed class MemoryRunStore : IRunStore
{
    public MemoryVolumeStore Raw { get; } = new();

    public MemoryVolumeStore Restored { get; } = new();

    /// <summary><see langword="null"/> until it is opened.</summary>
    public MemoryVolumeStore? Uncertainty { get; private set; }

    public ConcurrentQueue<Provenance> Provenance { get; } = new();

    public ConcurrentQueue<string> LedgerKinds { get; } = new();

    /// <summary>What stands in the ledger beside the kinds.</summary>
    public ConcurrentQueue<object?> LedgerEntries { get; } = new();

    public RunReport? Report { get; private set; }

    /// <summary>Runs before each ledger entry; throws to make it fail.</summary>
    public Action<string> BeforeLedger { get; set; } = _ => { };

    public string Folder => "memory";

    public long FreeBytes => long.MaxValue;

    public IVolumeStore CreateRaw(ScanPlan plan) => Raw;

    public ImmutableArray<string> Conditioning { get; private set; }

    public IVolumeStore CreateRestored(ScanPlan plan, params ImmutableArray<string> conditioning)
    {
        Conditioning = conditioning;
        return Restored;
    }

    /// <summary>Runs before each map is written; throws to make that fail.</summary>
    public Action<VolumeIndex> BeforeMap { get; set; } = _ => { };

    public IVolumeStore CreateUncertainty(ScanPlan plan, params ImmutableArray<string> conditioning) => Uncertainty = new MemoryVolumeStore { BeforeWrite = BeforeMap };

    public void AppendProvenance(Provenance provenance) => Provenance.Enqueue(provenance);

    /// <summary>Runs before each model is kept; throws to make that fail.</summary>
    public Action BeforeModel { get; set; } = () => { };

    public ConcurrentQueue<byte[]> Models { get; } = new();

    public string SaveModel(ReadOnlySpan<byte> safetensors)
    {
        BeforeModel();
        Models.Enqueue(safetensors.ToArray());
        return Hash(safetensors);
    }

    public byte[] LoadModel(string sha256) => Models.Single(model => Hash(model) == sha256);

    private static string Hash(ReadOnlySpan<byte> model) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(model));

    /// <summary>Hears every warning of the ledger.</summary>
    public Action<string> OnWarning { get; set; } = _ => { };

    public void AppendLedger<T>(string kind, T entry)
    {
        BeforeLedger(kind);
        if (entry is Warned warned) OnWarning(warned.Message);
        LedgerKinds.Enqueue(kind);
        LedgerEntries.Enqueue(entry);
    }

    public void Complete(RunReport report) => Report = report;

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

internal sealed class MemoryVolumeStore : IVolumeStore
{
    public ConcurrentDictionary<VolumeIndex, byte[]> Volumes { get; } = new();

    /// <summary>Runs before each write; throws to make the write fail.</summary>
    public Action<VolumeIndex> BeforeWrite { get; set; } = _ => { };

    public string Location => "memory";

    public int Reads { get; private set; }

    public void Write(VolumeIndex index, VolumeBuffer volume)
    {
        BeforeWrite(index);
        Assert.True(Volumes.TryAdd(index, Bytes(volume)), $"{index} was written twice.");
    }

    public void Read(VolumeIndex index, VolumeBuffer destination)
    {
        Reads++;
        if (!Volumes.TryGetValue(index, out byte[]? bytes)) throw new StorageException($"{index} was never written.");
        for (int z = 0; z < destination.Shape.Z; z++)
            bytes.AsSpan(z * destination.PlaneBytes, destination.PlaneBytes).CopyTo(destination.Plane(z));
    }

    public static byte[] Bytes(VolumeBuffer volume)
    {
        var bytes = new byte[volume.Bytes];
        for (int z = 0; z < volume.Shape.Z; z++) volume.Plane(z).CopyTo(bytes.AsSpan(z * volume.PlaneBytes));
        return bytes;
    }
}

/// <summary>Collects what is published.</summary>
internal sealed class MemoryPublisher : IVolumePublisher
{
    public ConcurrentQueue<VolumeIndex> Volumes { get; } = new();

    /// <summary>What was published provisionally, with its bytes.</summary>
    public ConcurrentQueue<(Provenance Made, byte[] Pixels)> Previews { get; } = new();

    /// <summary>Runs after each provisional volume.</summary>
    public Action<Provenance> OnPreview { get; set; } = _ => { };

    /// <summary>Bytes of the maps that came with volumes.</summary>
    public ConcurrentDictionary<VolumeIndex, byte[]> Maps { get; } = new();

    public ConcurrentQueue<RunStatus> Statuses { get; } = new();

    /// <summary>Runs before each volume; throws to make publishing fail.</summary>
    public Action OnVolume { get; set; } = () => { };

    public void Publish(RestoredVolume volume)
    {
        if (volume.Provenance.Provisional)
        {
            Previews.Enqueue((volume.Provenance, MemoryVolumeStore.Bytes(volume.Pixels)));
            OnPreview(volume.Provenance);
            return;
        }

        OnVolume();
        Volumes.Enqueue(volume.Index);
        if (volume.Uncertainty is { } map) Maps[volume.Index] = MemoryVolumeStore.Bytes(map);
    }

    public void Publish(RunStatus status) => Statuses.Enqueue(status);
}

/// <summary>An engine that repeats samples instead of restoring, and does as it is told otherwise.</summary>
internal sealed class RepeatingEngine : IRestorationEngine
{
    public string Name => "repeats samples";

    public Func<TuningRequest, TuningResult> OnTune { get; set; } = _ =>
        new TuningResult(null, BeatsProjection: false, 20, 18, 21, 5, TimeSpan.Zero, 0, "cubic with back-projection is better");

    public Action OnRestore { get; set; } = () => { };

    /// <summary>How models suit volumes.</summary>
    public Func<TunedModel, GaugeReading?> OnGauge { get; set; } = _ => null;

    /// <summary>What a model adds to every sample, scaled; asked at each plane.</summary>
    public Func<TunedModel?, float> Add { get; set; } = _ => 0;

    /// <summary>Runs before each plane that a stream takes.</summary>
    public Action<int> OnPush { get; set; } = _ => { };

    public int Tunings { get; private set; }

    public TuningResult Tune(TuningRequest request, CancellationToken cancellation)
    {
        Tunings++;
        return OnTune(request);
    }

    public void Restore(
        TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
        FloatVolume destination, out double residualRms, CancellationToken cancellation)
    {
        using IPlaneRestorer stream = OpenStream(
            model, acquired.Shape, factors, floor, options, (z, plane) => plane.CopyTo(destination.Plane(z)));
        for (int z = 0; z < acquired.Shape.Z; z++) stream.Push(acquired.Plane(z), true, cancellation);
        residualRms = stream.Complete();
    }

    public GaugeReading? Gauge(
        TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) =>
        OnGauge(model);

    public IPlaneRestorer OpenStream(
        TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver) =>
        new RepeatingStream(this, model, acquired, factors, receiver);

    private sealed class RepeatingStream(RepeatingEngine engine, TunedModel? model, VolumeShape acquired, Factors factors, PlaneReceiver receiver) : IPlaneRestorer
    {
        private readonly float[] _fine = new float[acquired.Times(factors).PlaneVoxels];
        private int _pushed;

        public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
        {
            Assert.True(_pushed < acquired.Z);
            engine.OnPush(_pushed);
            int width = acquired.X * factors.X;
            float more = engine.Add(model);
            for (int i = 0; i < _fine.Length; i++) _fine[i] = more + plane[i / width / factors.Y * acquired.X + i % width / factors.X];
            for (int copy = 0; copy < factors.Z; copy++) receiver(_pushed * factors.Z + copy, _fine);
            _pushed++;
        }

        public double Complete()
        {
            Assert.Equal(acquired.Z, _pushed);
            engine.OnRestore();
            return 0;
        }

        public void Reset() => _pushed = 0;

        public void Dispose()
        {
        }
    }
}
