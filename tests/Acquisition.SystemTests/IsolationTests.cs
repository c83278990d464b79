using Acquisition.Benchmarks.Live;
using Acquisition.Core;
using Acquisition.Restoration;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Raw storage over a real socket and a real disk, whatever restoration does. The benchmark of the same name measures it more closely.</summary>
[Collection("ZeroMQ in this process")] // the last socket of one would end the library for the other
public sealed class IsolationTests
{
    private static readonly RestorationOptions Cubic = new() { Model = ModelNames.Cubic };

    private static async Task<double> MedianMsAsync(Func<CancellationToken, Action> onPlane)
    {
        using var bench = new Bench(Path.GetTempPath());
        using var stop = new CancellationTokenSource();
        var load = new Load { Shape = new(8, 64, 64), Factors = new(1, 2, 2), Volumes = 60, FramesPerSec = 240 };
        double[] latencies = await IsolationRound.RunAsync(bench, load, new MisbehavingEngine(onPlane(stop.Token)), Cubic, stop, hasDeafSubscriber: false)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(load.Volumes, latencies.Length);
        return Percentiles.Median(latencies[10..]);
    }

    [Fact]
    public async Task A_restorer_that_stalls_throws_or_is_slow_leaves_raw_storage_as_fast_as_it_is()
    {
        Func<CancellationToken, Action>[] engines =
        [
            _ => () => { },
            stop => () => stop.WaitHandle.WaitOne(),
            _ => () => throw new RestorationException("It misbehaves."),
            _ => () => IsolationMode.Spin(TimeSpan.FromMilliseconds(20)),
        ];

        // Each at its best of three, in turn: what else the machine does strikes all alike. Waiting for restoration would cost a stalled
        // scan for ever and a slow one 160 ms a volume.
        double[] best = [.. engines.Select(_ => double.PositiveInfinity)];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < engines.Length; i++) best[i] = Math.Min(best[i], await MedianMsAsync(engines[i]));
        }

        Assert.All(best[1..], median => Assert.InRange(median, 0, 1.5 * best[0] + 10));
    }
}
