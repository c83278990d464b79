using System.Diagnostics;
using System.Text;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Live;

/// <summary>What restoration and subscribers do to raw storage, whatever they do.</summary>
internal static class IsolationMode
{
    /// <param name="parent">Folder on the disk to use.</param>
    public static async Task<int> RunAsync(string parent, int rounds, int volumes)
    {
        var load = new Load { Shape = new(16, 256, 256), Factors = new(1, 2, 2), Volumes = volumes, FramesPerSec = 400 };
        var cubic = new RestorationOptions { Model = ModelNames.Cubic };
        // More steps than there is time for: all threads tune from the first volume to the last.
        var tuning = new RestorationOptions { Steps = 100_000 };
        (string Name, Func<CancellationToken, IRestorationEngine> Engine, RestorationOptions Restoration, bool IsDeaf)[] cases =
        [
            ("nothing to do", _ => new MisbehavingEngine(() => { }), cubic, false),
            ("slow: computes 50 ms a plane", _ => new MisbehavingEngine(() => Spin(TimeSpan.FromMilliseconds(50))), cubic, false),
            ("stalled for ever", stop => new MisbehavingEngine(() => stop.WaitHandle.WaitOne()), cubic, false),
            ("throws", _ => new MisbehavingEngine(() => throw new RestorationException("It misbehaves.")), cubic, false),
            ("nothing to do, a subscriber that never reads", _ => new MisbehavingEngine(() => { }), cubic, true),
            ("tunes on all threads", _ => new CpuEngine(), tuning, false),
        ];

        var results = cases.Select(_ => new List<double[]>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                using var bench = new Bench(parent);
                using var stop = new CancellationTokenSource();
                double[] latencies = await IsolationRound.RunAsync(bench, load, cases[i].Engine(stop.Token), cases[i].Restoration, stop, cases[i].IsDeaf).ConfigureAwait(false);
                // The first volumes compile the program.
                results[i].Add(latencies[(volumes / 10)..]);
                Console.Error.WriteLine($"{cases[i].Name}: p50 {Percentiles.Median(results[i][^1]):0.00}, p99 {Percentiles.Of(results[i][^1], 0.99):0.00} ms");
            }
        }

        string disk = new DriveInfo(Path.GetFullPath(parent)).DriveFormat;
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. From a volume's last frame received to its line in the ledger, ms. {rounds} rounds in turn of {volumes} volumes");
        text.AppendLine($"of {load}, {disk}; the first tenth of a round is not counted. Ratios are medians over rounds, each to the first row of its round.").AppendLine();
        text.AppendLine("| restoration | p50 | p99 | max | p50, ratio | p99, ratio |");
        text.AppendLine("|---|---|---|---|---|---|");
        for (int i = 0; i < cases.Length; i++)
        {
            double[] all = [.. results[i].SelectMany(latencies => latencies)];
            string Ratio(double share) =>
                $"{Percentiles.Median(results[i].Zip(results[0], (mine, first) => Percentiles.Of(mine, share) / Percentiles.Of(first, share))):0.00}";
            text.AppendLine($"| {cases[i].Name} | {Percentiles.Median(all):0.00} | {Percentiles.Of(all, 0.99):0.00} | {all.Max():0.0} | {Ratio(0.5)} | {Ratio(0.99)} |");
        }

        ResultsFile.Put($"Isolation of raw storage, {disk}", text.ToString());
        return 0;
    }

    public static void Spin(TimeSpan time)
    {
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < time;) Thread.SpinWait(100);
    }
}
