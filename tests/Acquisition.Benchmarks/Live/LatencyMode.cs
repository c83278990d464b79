using System.Text;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Live;

/// <summary>From the last frame of a volume sent to the restored volume received, at a steady load, with simulator, program and
/// subscriber as processes. Tuning is over before volumes count.</summary>
internal static class LatencyMode
{
    private const int WarmUp = 20;
    private const int Counted = 200;

    /// <summary>Quick settings: one orientation, and as many rounds of back-projection as a scan at this pace leaves time for.</summary>
    private static readonly string[] Quick = ["ensemble: false", "back_projections: 4", "variant: paper", "steps: 200"];

    private static readonly (string Name, Load Load, string[] Restoration)[] Cases =
    [
        ("small", Scan(new(32, 128, 128), new(1, 2, 2), framesPerSec: 100), Quick),
        ("small, public network", Scan(new(32, 128, 128), new(1, 2, 2), framesPerSec: 100), [.. Quick.Select(line => line.Replace("paper", "public", StringComparison.Ordinal))]),
        ("490×490 at 30 frames/s", Scan(new(20, 490, 490), new(1, 2, 2), framesPerSec: 30), Quick),
        ("490×490 at 30 frames/s, z too", Scan(new(20, 490, 490), new(2, 2, 2), framesPerSec: 30), Quick),
    ];

    /// <param name="parent">Folder on the disk to use.</param>
    /// <param name="only">Number of the one case to run, from 1; <see langword="null"/> for all.</param>
    public static int Run(string parent, int? only, int? counted)
    {
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. From the last frame of a volume sent to the restored volume received, ms, over {counted ?? Counted} volumes,");
        text.AppendLine("sender, program and subscriber as processes on this machine; raw and restored volumes go to its disk. The program's lag ends when a volume is restored.").AppendLine();
        text.AppendLine("| load | settings | method | p50 | p95 | p99 | max | lag p50 | lag p95 | processor, of one |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < Cases.Length; i++)
        {
            if (only is { } number && number != i + 1) continue;
            string row = Measure(parent, Cases[i].Name, Cases[i].Load, Cases[i].Restoration, counted ?? Counted);
            Console.Error.WriteLine(row);
            text.AppendLine(row);
        }

        if (only is null) ResultsFile.Put("Latency", text.ToString());
        else Console.WriteLine(text);
        return 0;
    }

    private static Load Scan(VolumeShape shape, Factors factors, double framesPerSec) =>
        new() { Shape = shape, Factors = factors, Volumes = 1 + WarmUp + Counted, FramesPerSec = framesPerSec, PauseBefore = 1 };

    private static string Measure(string parent, string name, Load load, string[] restoration, int counted)
    {
        load = load with { Volumes = 1 + WarmUp + counted };
        using var bench = new Bench(parent);
        string camera = Bench.FreeTcpAddress(), published = Bench.FreeTcpAddress();
        using Child listener = ListenChild.Start(published);
        using Child program = bench.StartProgram(camera, published, restoration);
        using Child sender = SendChild.Start(camera, load);

        // The first volume tunes; the others come when that is over, two states of the run long.
        listener.WaitFor(lines => ListenChild.Volumes(lines).Any() && lines.Count(line => line.StartsWith("tuned", StringComparison.Ordinal)) >= 2);
        string method = listener.Lines.Last(line => line.StartsWith("tuned", StringComparison.Ordinal))["tuned ".Length..];
        sender.Tell("go");
        listener.WaitFor(lines => ListenChild.Volumes(lines).Any(heard => heard.TimePoint == WarmUp));
        double before = ProcessUse.Of(program.Id).Processor.TotalSeconds;
        listener.WaitFor(lines => program.HasExited || ListenChild.Volumes(lines).Any(heard => heard.TimePoint == load.Volumes - 1));
        double used = program.HasExited ? double.NaN : ProcessUse.Of(program.Id).Processor.TotalSeconds - before;
        SendChild.Sent sent = SendChild.Result(sender);
        program.Succeed();
        JsonElement status = RunLedger.Report(RunLedger.Folder(bench.RunsFolder)!).GetProperty("status");
        if (status.GetProperty("volumes").GetProperty("restored").GetInt64() != load.Volumes)
            throw new InvalidOperationException($"Not all volumes were restored: {status}");

        ListenChild.Heard[] heard = [.. ListenChild.Volumes(listener.Lines).GroupBy(h => h.TimePoint).Select(same => same.Last()).Where(h => h.TimePoint > WarmUp)];
        if (heard.Length != counted) throw new InvalidOperationException($"{heard.Length} of {counted} volumes came.");
        double[] latency = [.. heard.Select(h => (h.UnixNs - sent.LastFrameUnixNs[h.TimePoint]) / 1e6)];
        double[] lag = [.. heard.Select(h => h.LagMs)];
        double seconds = (sent.LastFrameUnixNs[^1] - sent.LastFrameUnixNs[WarmUp]) / 1e9;
        string Ms(double[] values, double share) => $"{Percentiles.Of(values, share):0}";
        return $"| {name}: {load} | {string.Join(", ", restoration)} | {method} | {Ms(latency, 0.5)} | {Ms(latency, 0.95)} | {Ms(latency, 0.99)} | {latency.Max():0} | {Ms(lag, 0.5)} | {Ms(lag, 0.95)} | {100 * used / seconds:0} % |";
    }
}
