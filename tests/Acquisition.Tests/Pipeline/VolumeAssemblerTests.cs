using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Pipeline.Assembly;
using Acquisition.Pipeline.Metering;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

public sealed class VolumeAssemblerTests : IAssemblerHost, IDisposable
{
    private readonly VolumePool _pool = new(64 << 20);

    public void Dispose() => _pool.Dispose();

    void IAssemblerHost.Begin(ScanPlan plan) { }

    VolumeBuffer? IAssemblerHost.Rent(ScanPlan plan, TimeSpan patience) => _pool.TryRent(plan.Shape, plan.PixelType);

    void IAssemblerHost.PlanesFinal(VolumeIndex index, VolumeBuffer pixels, int planes) { }

    void IAssemblerHost.ThrowIfStopped() => throw new InvalidOperationException("The pool is empty.");

    void IAssemblerHost.End(RunOutcome outcome, string reason) { }

    void IAssemblerHost.Warn(string message) { }

    [Fact]
    public void A_frame_on_its_way_to_its_place_allocates_nothing()
    {
        ScanPlan plan = Scans.Plan(timePoints: 3, z: 400, y: 32, x: 32);
        using var assembler = new VolumeAssembler(
            new PipelineOptions(), TimeProvider.System, new FrameCounters(), new RateMeter(TimeProvider.System), this);
        assembler.OnStart(plan, 0, repeat: false);
        var pixels = new byte[plan.PlaneBytes];
        FrameHeader[] headers = [.. Scans.Frames(plan).Select(f => Scans.Header(plan, f.Sequence, f.Index))];
        foreach (ref readonly FrameHeader header in headers.AsSpan(0, 500)) assembler.OnFrame(header, pixels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (ref readonly FrameHeader header in headers.AsSpan(500, 200)) assembler.OnFrame(header, pixels);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        assembler.Abandon();
    }

    [Fact]
    public void Every_buffer_goes_back_to_the_pool_when_nobody_keeps_it()
    {
        ScanPlan plan = Scans.Plan(timePoints: 6, channels: 2);
        using var assembler = new VolumeAssembler(
            new PipelineOptions(), TimeProvider.System, new FrameCounters(), new RateMeter(TimeProvider.System), this);
        assembler.SendAll(plan);
        Assert.Equal(0, _pool.LentBytes);
        Assert.True(_pool.HighWaterBytes > 0);
    }
}
