using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Tests.Bindings.TorchSharp;
using Acquisition.Tests.Support;
using Acquisition.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Acquisition.Tests.Torch;

/// <summary>Native memory, which no collector sees.</summary>
[Collection(LibTorchPresence.Collection)]
public sealed class TorchMemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Two_hundred_restorations_leave_no_tensor_and_no_memory_behind()
    {
        TorchCases.Require();
        var factors = new Factors(2, 2, 2);
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1), restored = new(acquired.Shape.Times(factors));
        TunedModel model = TorchCases.Model(NetworkVariant.Public, factors);
        var engine = new TorchEngine(TorchCases.Device);
        var options = new RestorationOptions { Threads = 1, BackProjections = 1 };
        // The first hundred fill caches of libtorch, C and the runtime.
        for (int i = 0; i < 150; i++) Restore();
        long tensors = Tensor.TotalCount, bytes = Resident();

        for (int i = 0; i < 200; i++) Restore();

        long grown = Resident() - bytes;
        TestContext.Current.TestOutputHelper?.WriteLine($"{grown >> 10} KiB more after 200 volumes");
        Assert.Equal(tensors, Tensor.TotalCount);
        // One volume's maps are 1.5 MiB; of two hundred that stayed, 300 would be.
        Assert.InRange(grown, long.MinValue, 4 << 20);

        void Restore() => engine.Restore(model, acquired, factors, 0, options, restored, out _, Cancel);

        static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return Environment.WorkingSet;
        }
    }

    [Fact]
    public void Tuning_leaves_no_tensor_behind()
    {
        TorchCases.Require();
        using FloatVolume acquired = Volumes.Rods(new(6, 24, 26), 1);
        var options = new RestorationOptions { Steps = 12, BatchSize = 3, CropPlanes = 2, CropEdgePx = 16, Threads = 1 };
        var engine = new TorchEngine(TorchCases.Device);
        long before = Tensor.TotalCount;

        engine.Tune(new() { Acquired = acquired, Factors = new(2, 2, 2), Floor = 0, Options = options }, Cancel);

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Contains("libtorch", engine.Name, StringComparison.Ordinal);
    }
}
