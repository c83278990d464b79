using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Acquisition.Torch.Falling;
using Acquisition.Torch.Tiling;
using Xunit;

namespace Acquisition.Tests.Torch;

/// <summary>Graphics cards that fail: none is there to do so, so the failures are made.</summary>
public sealed class TorchFailureTests
{
    private const string LostMessage = "CUDA error: unspecified launch failure";

    private static readonly Factors Twice = new(2, 2, 2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes", true)]
    [InlineData("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported", true)]
    [InlineData("cuDNN error: CUDNN_STATUS_ALLOC_FAILED", true)]
    [InlineData(LostMessage + "\nCompile with `TORCH_USE_CUDA_DSA`", false)]
    [InlineData("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", false)]
    public void What_libtorch_says_of_a_device_is_told_apart(string message, bool isOutOfMemory)
    {
        DeviceException failure = Assert.Throws<DeviceException>(() => DeviceException.Guard<int>(() => throw new SaidByLibTorch(message)));
        Assert.Equal(isOutOfMemory, failure.IsOutOfMemory);
        Assert.Equal(message.Split('\n')[0], failure.Message);
    }

    [Fact]
    public void A_mistake_is_no_failure_of_the_device()
    {
        Assert.Throws<SaidByLibTorch>(() => DeviceException.Guard<int>(() => throw new SaidByLibTorch("The size of tensor a (3) must match the size of tensor b (4)")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_000)]
    [InlineData(20_000)]
    [InlineData(int.MaxValue)]
    public void Tiles_are_halved_until_memory_suffices_and_cover_every_voxel_once(int room)
    {
        using FloatVolume volume = Volumes.Random(new(40, 33, 65), 1);
        using FloatVolume found = new(volume.Shape.Times(Twice));
        // The smallest tiles are 8 to 16 voxels wide and read three more on each side.
        var runner = new CopyingRunner(Twice) { MostVoxels = Math.Max(room, 22 * 22 * 22) };
        var tiled = new TiledDetail(runner, Twice, halo: 3);

        tiled.Add(volume, found, long.MaxValue, ensemble: true, flipZ: true, isHalf: false, Cancel);

        float[] samples = Volumes.Samples(found);
        VolumeShape fine = found.Shape;
        for (int z = 0; z < fine.Z; z++)
        {
            for (int y = 0; y < fine.Y; y++)
            {
                for (int x = 0; x < fine.X; x++)
                {
                    float coarse = volume.Plane(z / 2)[y / 2 * volume.Shape.X + x / 2];
                    int phase = (z % 2 * 2 + y % 2) * 2 + x % 2;
                    if (samples[(z * fine.Y + y) * fine.X + x] != coarse * (phase + 1)) Assert.Fail($"({z}, {y}, {x})");
                }
            }
        }
        Assert.Equal(runner.Started, runner.Disposed);

        // What was refused once is not asked for again.
        int refused = runner.Refused;
        tiled.Add(volume, found, long.MaxValue, ensemble: true, flipZ: true, isHalf: false, Cancel);
        Assert.InRange(runner.Refused - refused, 0, Math.Max(0, refused - 1));
    }

    [Fact]
    public void Memory_that_lacks_for_the_smallest_tile_is_the_devices_failure()
    {
        using FloatVolume volume = Volumes.Random(new(40, 33, 65), 1), found = new(volume.Shape.Times(Twice));
        var runner = new CopyingRunner(Twice) { MostVoxels = 10 };
        Assert.Throws<DeviceException>(() => new TiledDetail(runner, Twice, 3).Add(volume, found, long.MaxValue, true, true, false, Cancel));
        Assert.Equal(runner.Started, runner.Disposed);
    }

    [Theory]
    [InlineData(5e-4f, true)]
    [InlineData(2e-3f, false)]
    [InlineData(float.NaN, false)]
    public void Half_precision_is_taken_only_where_it_keeps_a_thousandth(float error, bool keeps)
    {
        using FloatVolume volume = Volumes.From(new(6, 20, 20), (z, y, x) => (z + y + x) % 9 == 0 ? 1 : 0.2);
        Assert.Equal(keeps, HalfPrecision.Keeps(new CopyingRunner(Twice) { HalfError = error }, volume));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(13)]
    public void A_card_that_is_lost_while_tuning_is_replaced_in_the_middle_of_it(int callsUntilLoss)
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        var options = new RestorationOptions { Steps = 12, BatchSize = 3, CropPlanes = 2, CropEdgePx = 16, BackProjections = 3, Threads = 1 };
        var told = new List<string>();
        var failing = new FailingBackend(callsUntilLoss);
        var backend = new FallbackBackend(failing, new CpuBackend(KernelSet.Default), told.Add);
        TuningRequest request = new() { Acquired = acquired, Factors = Twice, Floor = 0, Options = options };

        byte[] expected = new CpuEngine().Tune(request, Cancel).Model!.ToSafeTensors();
        byte[] found = new SelfVisionEngine(backend).Tune(request, Cancel).Model!.ToSafeTensors();

        Assert.Equal(expected, found);
        string message = Assert.Single(told);
        Assert.Contains("card of the test failed", message, StringComparison.Ordinal);
        Assert.Contains(LostMessage, message, StringComparison.Ordinal);
        Assert.True(backend.IsLost);
        Assert.Contains("since card of the test failed", backend.Name, StringComparison.Ordinal);
        Assert.Equal(0, failing.StillOpen);
    }

    [Fact]
    public void A_card_that_is_lost_while_restoring_leaves_no_trace_in_the_volume()
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        TunedModel model = TorchCases.Model(NetworkVariant.Public, Twice);
        var options = new RestorationOptions { Threads = 1 };
        var told = new List<string>();
        var failing = new FailingBackend(1);
        var engine = new SelfVisionEngine(new FallbackBackend(failing, new CpuBackend(KernelSet.Default), told.Add));
        using FloatVolume expected = new(acquired.Shape.Times(Twice)), found = new(expected.Shape);
        new CpuEngine().Restore(model, acquired, Twice, 0, options, expected, out _, Cancel);
        using (IPlaneRestorer stream = engine.OpenStream(model, acquired.Shape, Twice, 0, options, (z, plane) => plane.CopyTo(found.Plane(z))))
        {
            for (int volume = 0; volume < 3; volume++)
            {
                for (int z = 0; z < acquired.Shape.Z; z++) stream.Push(acquired.Plane(z), false, Cancel);
                stream.Complete();
                Assert.Equal(Volumes.Samples(expected), Volumes.Samples(found));
                Assert.Equal(volume > 0, told.Count == 1);
                stream.Reset();
            }
        }
        Assert.Equal(0, failing.StillOpen);
    }

    [Theory]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes", "activation_budget_mib")]
    [InlineData(LostMessage, LostMessage)]
    public void Without_a_reserve_a_failure_is_said_in_words_for_people(string message, string words)
    {
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1), restored = new(acquired.Shape.Times(Twice));
        var options = new RestorationOptions { Steps = 12, BatchSize = 3, CropPlanes = 2, CropEdgePx = 16, BackProjections = 3, Threads = 1 };
        var failing = new FailingBackend(0) { Message = message };
        var engine = new SelfVisionEngine(new FallbackBackend(failing, reserve: null, null));
        TunedModel model = TorchCases.Model(NetworkVariant.Public, Twice);

        RestorationException refused = Assert.Throws<RestorationException>(
            () => engine.Tune(new() { Acquired = acquired, Factors = Twice, Floor = 0, Options = options }, Cancel));
        Assert.Contains("card of the test", refused.Message, StringComparison.Ordinal);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        failing.Left = 0;
        Assert.Throws<RestorationException>(() => engine.Restore(model, acquired, Twice, 0, options, restored, out _, Cancel));
        Assert.Equal(0, failing.StillOpen);

        // The next work finds the same backend, which works again.
        engine.Restore(model, acquired, Twice, 0, options, restored, out _, Cancel);
        Assert.Equal("card of the test", engine.Name);
    }

    [Fact]
    public void What_this_libtorch_says_of_full_memory_is_understood()
    {
        Assert.SkipWhen(TorchEngine.WhyUnavailable() is not null, TorchEngine.WhyUnavailable() ?? "");
        const long More = 1L << 50;
        RestorationException refused = Assert.Throws<RestorationException>(
            () => DeviceException.Final("libtorch on cpu", "Ask for less.", () => global::TorchSharp.torch.empty(More)));
        Assert.StartsWith("libtorch on cpu lacks the memory for this. Ask for less.", refused.Message, StringComparison.Ordinal);
        Assert.True(Assert.IsType<DeviceException>(refused.InnerException).IsOutOfMemory);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("CPU")]
    public void A_device_with_a_wrong_name_is_refused_with_the_right_ones(string device) =>
        Assert.Contains("'cuda:1'", Assert.Throws<RestorationException>(() => new TorchEngine(device)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_card_that_is_not_there_is_refused_with_what_to_install()
    {
        Assert.SkipWhen(TorchEngine.WhyUnavailable() is not null, TorchEngine.WhyUnavailable() ?? "");
        string? reason = TorchEngine.WhyUnavailable("cuda:99");
        Assert.Contains(global::TorchSharp.torch.cuda.is_available() ? "no device cuda:99" : "NVIDIA's driver", reason!, StringComparison.Ordinal);
    }

    /// <summary>What the binding throws, which a program's own code must not.</summary>
    private sealed class SaidByLibTorch(string message) : ExternalException(message);

    /// <summary>Phase p of a voxel is its sample, p + 1 times.</summary>
    private sealed class CopyingRunner(Factors factors) : ITileRunner
    {
        public long MostVoxels { get; init; } = long.MaxValue;

        public float HalfError { get; init; }

        public int Started { get; private set; }

        public int Disposed { get; private set; }

        public int Refused { get; private set; }

        public ITileRun Start(FloatVolume volume, Tile tile, bool ensemble, bool flipZ, bool isHalf)
        {
            if (tile.Read.Voxels > MostVoxels)
            {
                Refused++;
                throw new DeviceException("CUDA out of memory.", isOutOfMemory: true);
            }
            Started++;
            var phases = new List<float>();
            for (int phase = 0; phase < factors.Product; phase++)
            {
                for (int z = tile.Z.Start; z < tile.Z.End; z++)
                {
                    for (int y = tile.Y.Start; y < tile.Y.End; y++)
                    {
                        for (int x = tile.X.Start; x < tile.X.End; x++)
                            phases.Add(volume.Plane(z)[y * volume.Shape.X + x] * (phase + 1) + (isHalf ? HalfError : 0));
                    }
                }
            }
            return new Run([.. phases], () => Disposed++);
        }

        private sealed class Run(float[] phases, Action disposed) : ITileRun
        {
            public ReadOnlySpan<float> Wait() => phases;

            public void Dispose() => disposed();
        }
    }

    /// <summary>The processor, dressed up as a card that is lost after so many calls. It leaves half a result behind.</summary>
    private sealed class FailingBackend(int calls) : INetworkBackend
    {
        private readonly CpuBackend _processor = new(KernelSet.Default);

        public int Left { get; set; } = calls;

        public string Message { get; init; } = LostMessage;

        public string Name => "card of the test";

        public int StillOpen { get; private set; }

        public INetwork Open(NetworkLayout layout, int planes)
        {
            StillOpen++;
            return new Network(this, _processor.Open(layout, planes));
        }

        public IBatchGradient OpenGradient(NetworkLayout layout, int planes, TrainingSet set, int threads, ThreadBudget budget)
        {
            StillOpen++;
            return new Batch(this, _processor.OpenGradient(layout, planes, set, threads, budget));
        }

        public IDetailStream? TryOpenStream(
            NetworkVariant variant, TunedStage stage, VolumeShape shape, RestorationOptions options, WorkTeam team, PlaneReceiver receiver) => null;

        private void Call()
        {
            if (Left-- == 0) throw Assert.Throws<DeviceException>(() => DeviceException.Guard<int>(() => throw new SaidByLibTorch(Message)));
        }

        private sealed class Network(FailingBackend backend, INetwork processor) : INetwork
        {
            public NetworkLayout Layout => processor.Layout;

            public void Load(ReadOnlySpan<float> stored) => processor.Load(stored);

            public void Enlarge(FloatVolume volume, FloatVolume destination, bool ensemble, RestorationOptions options, CancellationToken cancellation)
            {
                destination.Plane(0).Fill(9);
                backend.Call();
                processor.Enlarge(volume, destination, ensemble, options, cancellation);
            }

            public void Detail(FloatVolume volume, FloatVolume destination, RestorationOptions options, CancellationToken cancellation)
            {
                destination.Plane(0).Fill(9);
                backend.Call();
                processor.Detail(volume, destination, options, cancellation);
            }

            public void Dispose()
            {
                backend.StillOpen--;
                processor.Dispose();
            }
        }

        private sealed class Batch(FailingBackend backend, IBatchGradient processor) : IBatchGradient
        {
            public double Run(ReadOnlySpan<Crop> crops, ReadOnlySpan<float> parameters, Span<float> gradient, CancellationToken cancellation)
            {
                gradient.Fill(9);
                backend.Call();
                return processor.Run(crops, parameters, gradient, cancellation);
            }

            public void Dispose()
            {
                backend.StillOpen--;
                processor.Dispose();
            }
        }
    }
}
