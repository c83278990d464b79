using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>Weights that were trained before the scan, on their way through a run.</summary>
public sealed class PredictionTests : IDisposable
{
    private static readonly ScanPlan Plan = Scans.Plan(timePoints: 4, channels: 2, undersampling: Factors.One);
    private static readonly IntensityScale Scale = new(100, 40_100);

    private readonly MemoryRunStore _store = new();
    private readonly MemoryPublisher _publisher = new();
    private ScanRun? _run;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _run?.Dispose();

    [Fact]
    public async Task Every_volume_is_marked_as_predicted_and_says_which_weights_made_it()
    {
        RunReport report = await RunAsync(Restoration());

        Assert.True(report.LedgerCloses);
        Assert.Equal(8, report.Status.Volumes.Restored);
        Assert.Equal(2, report.Status.Models.Length);
        Assert.All(report.Status.Models, model => Assert.Equal((Trained.Name, "trained before"), (model.Method, model.Reason)));
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new Trained().ToSafeTensors()));
        Assert.Equal(new Trained().ToSafeTensors(), _store.Models.First());
        Assert.All(_store.Provenance, made =>
        {
            Assert.True(made.Predicted);
            Assert.Equal((Trained.Name, hash, null), (made.Method, made.ModelSha256, made.TunedOn));
            Assert.Equal((Scale.Low, Scale.High), (made.ScaleLow, made.ScaleHigh));
        });
    }

    [Fact]
    public async Task The_scale_is_that_of_training_whatever_the_volumes_hold()
    {
        await RunAsync(Restoration());
        foreach (var (index, bytes) in _store.Restored.Volumes)
        {
            ReadOnlySpan<ushort> acquired = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(_store.Raw.Volumes[index]);
            ReadOnlySpan<ushort> restored = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes);
            for (int i = 0; i < acquired.Length; i++)
            {
                // Twice as far from the scale's low end, as the engine below does in scaled units.
                double expected = Math.Clamp(Math.Round(Scale.Low + 2 * (acquired[i] - Scale.Low)), 0, ushort.MaxValue);
                Assert.InRange(restored[i], expected - 1, expected + 1);
            }
        }
    }

    [Fact]
    public async Task Doubt_is_stored_and_published_without_being_asked_for()
    {
        await RunAsync(Restoration());
        Assert.Equal(8, _store.Uncertainty!.Volumes.Count);
        Assert.Equal(_store.Uncertainty.Volumes.OrderBy(v => (v.Key.T, v.Key.C)), _publisher.Maps.OrderBy(v => (v.Key.T, v.Key.C)));
        foreach (byte[] map in _store.Uncertainty.Volumes.Values)
        {
            for (int z = 0; z < Plan.Shape.Z; z++)
                Assert.All(map[(z * Plan.Shape.PlaneVoxels)..((z + 1) * Plan.Shape.PlaneVoxels)], step => Assert.Equal(ErrorScale.Encode(0.1 * (z + 1)), step));
        }

        Assert.All(_store.Provenance, made => Assert.Equal(
            new UncertaintyScale { Method = "cycle residual", Largest = 4000, StepsPerOctave = ErrorScale.StepsPerOctave }, made.Uncertainty));
    }

    [Fact]
    public async Task What_was_made_of_lost_planes_cannot_be_doubted_more_or_less()
    {
        var lost = new FrameIndex(1, 0, 2);
        await RunAsync(Restoration(), lost);
        byte[] map = _store.Uncertainty!.Volumes[lost.Volume];
        for (int z = 0; z < Plan.Shape.Z; z++)
            Assert.Equal(z == 2, map[(z * Plan.Shape.PlaneVoxels)..((z + 1) * Plan.Shape.PlaneVoxels)].All(step => step == ErrorScale.Unknown));
    }

    [Fact]
    public async Task A_system_without_doubt_gives_no_maps()
    {
        await RunAsync(Restoration() with { Doubt = null });
        Assert.Null(_store.Uncertainty);
        Assert.All(_store.Provenance, made => Assert.True(made is { Predicted: true, Uncertainty: null }));
    }

    [Fact]
    public async Task Weights_that_cannot_be_kept_predict_nothing()
    {
        _store.BeforeModel = () => throw new StorageException("no room");
        RunReport report = await RunAsync(Restoration() with { Doubt = null });
        Assert.Equal(8, report.Status.Volumes.Restored);
        Assert.All(_store.Provenance, made => Assert.Equal((false, "unchanged", ""), (made.Predicted, made.Method, made.ModelSha256)));
        Assert.All(report.Status.Models, model => Assert.Contains("could not be stored: no room", model.Reason, StringComparison.Ordinal));
    }

    private static ScanRestoration Restoration() => new()
    {
        Engine = new Doubling(),
        Baseline = "unchanged",
        WhyNotTuned = "trained before",
        Trained = new Trained(),
        Scale = Scale,
        Predicts = true,
        Doubt = new DoubtScale("cycle residual", 4000),
        StreamBytes = 1000,
        ReadModel = _ => new Trained(),
    };

    private async Task<RunReport> RunAsync(ScanRestoration restoration, FrameIndex? lost = null)
    {
        _run = new ScanRun(
            new ScriptedSource((observer, _) =>
            {
                observer.OnStart(Plan, 0, repeat: false);
                foreach (var (sequence, index) in Scans.Frames(Plan).Where(frame => frame.Index != lost)) observer.Send(Plan, sequence, index);
                observer.OnEnd(Scans.End(Plan));
            }),
            _ => _store, _publisher, (_, _) => restoration, new RestorationOptions(), new PipelineOptions { Previews = false }, TimeProvider.System);
        return await _run.RunAsync(Cancel);
    }

    private sealed class Trained : TunedModel
    {
        public const string Name = "trained";

        public override string Method => Name;

        public override TunedModel WithNote(string name, string value) => this;

        public override byte[] ToSafeTensors() => SafeTensors.Write([new SafeTensor("w", [1], new float[] { 2 })], ImmutableSortedDictionary<string, string>.Empty);
    }

    /// <summary>Doubles samples in scaled units, and doubts plane z by (z + 1) tenths.</summary>
    private sealed class Doubling : IRestorationEngine
    {
        public string Name => "doubling";

        public TuningResult Tune(TuningRequest request, CancellationToken cancellation) => throw new NotSupportedException();

        public GaugeReading? Gauge(
            TunedModel model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options, CancellationToken cancellation) => throw new NotSupportedException();

        public void Restore(
            TunedModel? model, FloatVolume acquired, Factors factors, float floor, RestorationOptions options,
            FloatVolume destination, out double residualRms, CancellationToken cancellation) => throw new NotSupportedException();

        public IPlaneRestorer OpenStream(
            TunedModel? model, VolumeShape acquired, Factors factors, float floor, RestorationOptions options, PlaneReceiver receiver) =>
            new Stream(acquired, receiver, model is null ? 1 : 2);

        private sealed class Stream(VolumeShape shape, PlaneReceiver receiver, float gain) : IPlaneRestorer
        {
            private readonly float[] _plane = new float[shape.PlaneVoxels];
            private int _z;

            public FloatVolume Doubt { get; } = new(shape);

            public void Push(ReadOnlySpan<float> plane, bool nextAtHand, CancellationToken cancellation)
            {
                for (int i = 0; i < plane.Length; i++) _plane[i] = gain * plane[i];
                Doubt.Plane(_z).Fill(0.1f * (_z + 1));
                receiver(_z++, _plane);
            }

            public double Complete() => 0;

            public void Reset() => _z = 0;

            public void Dispose() => Doubt.Dispose();
        }
    }
}
