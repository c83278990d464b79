using System.Globalization;
using System.Text;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.Benchmarks.Live;

/// <summary>What people who look at a scan cost it: raw storage and restoration without a viewer, with nobody looking, with one, ten, and
/// one whose connection stalls, as processes.</summary>
internal static class ViewersMode
{
    private const int WarmUp = 20;

    private static readonly (string Name, bool HasViewer, int Readers, int Stalled)[] Cases =
    [
        ("no viewer", false, 0, 0),
        ("nobody looks", true, 0, 0),
        ("one looks", true, 1, 0),
        ("ten look", true, 10, 0),
        ("one looks, one never reads", true, 1, 1),
    ];

    /// <param name="parent">Folder on the disk to use.</param>
    public static int Run(string parent, int rounds, int volumes)
    {
        var load = new Load { Shape = new(16, 256, 256), Factors = new(1, 2, 2), Volumes = WarmUp + volumes, FramesPerSec = 40 };
        var results = Cases.Select(_ => new List<Round>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Cases.Length; i++)
            {
                results[i].Add(Measure(parent, load, Cases[i].HasViewer, Cases[i].Readers, Cases[i].Stalled));
                Console.Error.WriteLine($"{Cases[i].Name}: {results[i][^1]}");
            }
        }

        string disk = new DriveInfo(Path.GetFullPath(parent)).DriveFormat;
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. {rounds} rounds in turn of {volumes} volumes of {load}, cubic, {disk}. Those who look run on the same machine, at the");
        text.AppendLine("lowest priority, because they would have one of their own. From a volume's last frame sent to its line in the ledger, ms. Ratios are medians over rounds,");
        text.AppendLine("each to the first row of its round.").AppendLine();
        text.AppendLine("| viewers | raw p50 | raw p99 | ratio of p99 | restored p50 | restored p99 | ratio of p50 | planes, and volumes, seen of a restored one | processor, of one |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < Cases.Length; i++)
        {
            List<Round> mine = results[i];
            string Ratio(Func<Round, double> of) => $"{Percentiles.Median(mine.Zip(results[0], (own, first) => of(own) / of(first))):0.00}";
            string Ms(Func<Round, double[]> of, double share) => $"{Percentiles.Of(mine.SelectMany(of), share):0.0}";
            text.AppendLine(
                $"| {Cases[i].Name} | {Ms(r => r.RawMs, 0.5)} | {Ms(r => r.RawMs, 0.99)} | {Ratio(r => Percentiles.Of(r.RawMs, 0.99))} "
                + $"| {Ms(r => r.RestoredMs, 0.5)} | {Ms(r => r.RestoredMs, 0.99)} | {Ratio(r => Percentiles.Median(r.RestoredMs))} "
                + $"| {mine.Average(r => r.Planes) / load.Volumes:0.0}, {mine.Average(r => r.Volumes) / load.Volumes:0.0} | {100 * Percentiles.Median(mine.Select(r => r.Processor)):0} % |");
        }

        ResultsFile.Put($"People who look, {disk}", text.ToString());
        return 0;
    }

    private static Round Measure(string parent, Load load, bool hasViewer, int readers, int stalled)
    {
        using var bench = new Bench(parent);
        string camera = Bench.FreeTcpAddress();
        using Child program = bench.StartProgram(camera, publish: null, ["model: cubic"], viewer: hasViewer ? "http://127.0.0.1:0" : null);
        using Child? watcher = readers + stalled > 0 ? WatchChild.Start(Page(program), readers, stalled) : null;
        using Child sender = SendChild.Start(camera, load);
        SendChild.Sent sent = SendChild.Result(sender);
        double processor = 0;
        program.WaitFor(_ => program.HasExited || (processor = Math.Max(processor, ProcessUse.Of(program.Id).Processor.TotalSeconds)) < 0);
        program.Succeed();
        string folder = RunLedger.Folder(bench.RunsFolder)!;
        double[] Since(string kind) =>
        [
            .. RunLedger.Moments(folder, kind).Where(moment => moment.TimePoint >= WarmUp)
                .Select(moment => (moment.At - DateTime.UnixEpoch).TotalMilliseconds - sent.LastFrameUnixNs[moment.TimePoint] / 1e6),
        ];
        double seconds = (sent.LastFrameUnixNs[^1] - sent.FirstFrameUnixNs) / 1e9;
        (int planes, int volumes) = readers > 0 ? Seen(watcher!) : (0, 0);
        return new(Since(LedgerKinds.VolumeStored), Since(LedgerKinds.VolumeRestored), planes, volumes, processor / seconds);
    }

    /// <summary>The address that the program printed.</summary>
    public static string Page(Child program)
    {
        const string mark = "viewer: ";
        program.WaitFor(lines => lines.Any(line => line.StartsWith(mark, StringComparison.Ordinal)));
        return program.Lines.First(line => line.StartsWith(mark, StringComparison.Ordinal))[mark.Length..].Trim();
    }

    private static (int Planes, int Volumes) Seen(Child watcher)
    {
        watcher.Succeed();
        int[] seen = [.. watcher.Lines.Last(line => line.StartsWith("seen ", StringComparison.Ordinal)).Split(' ')[1..].Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
        return (seen[0], seen[1]);
    }

    /// <summary>One pass of one case.</summary>
    private sealed record Round(double[] RawMs, double[] RestoredMs, int Planes, int Volumes, double Processor)
    {
        public override string ToString() =>
            $"raw p50 {Percentiles.Median(RawMs):0.0}, p99 {Percentiles.Of(RawMs, 0.99):0.0}; restored p50 {Percentiles.Median(RestoredMs):0.0}, p99 {Percentiles.Of(RestoredMs, 0.99):0.0} ms; planes {Planes}, volumes {Volumes} seen; {100 * Processor:0} %";
    }
}
