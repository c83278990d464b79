using Acquisition.Core;
using Acquisition.Pipeline;
using Acquisition.Pipeline.Restoring;
using Acquisition.Restoration;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Pipeline;

/// <summary>In which order volumes are restored that had to wait.</summary>
public sealed class LagPolicyTests : ScanRunCase
{
    [Theory]
    [InlineData(LagPolicy.All, new[] { 0, 1, 2, 3, 4, 5, 6 })]
    [InlineData(LagPolicy.Latest, new[] { 0, 6, 5, 4, 3, 2, 1 })]
    [InlineData(LagPolicy.EveryNth, new[] { 0, 3, 6, 1, 2, 4, 5 })]
    public async Task Every_volume_is_restored_in_the_order_of_the_policy(LagPolicy policy, int[] order)
    {
        ScanPlan plan = Scans.Plan(timePoints: 7);
        using var gate = new RestorationGate();
        Engine.OnRestore = gate.Pass;
        RunReport report = await Run(
            (o, _) =>
            {
                o.OnStart(plan, 0, repeat: false);
                foreach (var (sequence, index) in Scans.Frames(plan))
                {
                    o.Send(plan, sequence, index);
                    if (index is { T: 0, Z: 3 }) gate.AwaitBegun();
                }

                o.OnEnd(Scans.End(plan));
                AwaitBacklog(volumes: 6);
                gate.Open();
            },
            new PipelineOptions { LagPolicy = policy, EveryNth = 3 }, restoration: new RestorationOptions { Model = ModelNames.Cubic }).RunAsync(Cancel);

        AssertCloses(report);
        Assert.Equal(order, Store.Provenance.Select(p => p.Index.T));
    }

    [Theory]
    [InlineData(LagPolicy.All, new[] { 4, 3, 2, 1, 0 })]
    [InlineData(LagPolicy.Latest, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(LagPolicy.EveryNth, new[] { 4, 2, 1, 3, 0 })]
    public void Memory_is_taken_first_from_what_would_be_restored_last(LagPolicy policy, int[] order)
    {
        using var pool = new VolumePool(64 << 20);
        var backlog = new RestorationBacklog(pool, reserveBytes: 0, RestorationOrder.Of(new PipelineOptions { LagPolicy = policy, EveryNth = 3 }), TimeProvider.System);
        VolumeBuffer[] volumes = [.. Enumerable.Range(0, 5).Select(_ => pool.TryRent(new(1, 64, 512), PixelType.UInt16)!)];
        for (int t = 0; t < 5; t++)
        {
            backlog.Add(new PendingVolume(new(t, 0), [], volumes[t], 0, 0));
            volumes[t].Release();
        }

        var shed = new List<int>();
        for (int i = 0; i < 5; i++)
        {
            bool[] before = Held();
            Assert.True(backlog.Shed());
            shed.Add(before.Zip(Held()).Index().Single(pair => pair.Item.First != pair.Item.Second).Index);
        }

        Assert.Equal(order, shed);
        Assert.False(backlog.Shed());
        Assert.Equal(0, pool.LentBytes);

        bool[] Held() =>
        [
            .. Enumerable.Range(0, 5).Select(t =>
            {
                PendingVolume volume = backlog.Borrow(v => v.Index.T == t, newestFirst: false)!.Value;
                volume.Pixels?.Release();
                return volume.Pixels is not null;
            }),
        ];
    }
}
