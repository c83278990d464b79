using System.Text;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Storage.Zarr;

namespace Acquisition.Benchmarks.Live;

/// <summary>Frames of 2048×2048 flat out into raw.zarr, in turn with a receiver that only receives and writes. Restoration cannot keep
/// up, and shares the machine with the raw path.</summary>
internal static class IngestMode
{
    private const int Planes = 16;

    /// <param name="parent">Folder on the disk to measure.</param>
    public static int Run(string parent, int rounds, int volumes)
    {
        var load = new Load
        {
            Shape = new(Planes, 2048, 2048),
            Factors = new(1, 2, 2),
            Volumes = volumes,
            Distinct = 1,
            Specimen = "nuclei",
            PeakPhotons = 1000,
            IsMadeAsScanned = true,
            PreparedFile = Path.Combine(parent, $"acquisition-bench-{Guid.NewGuid():N}.planes"),
        };
        Load unchanged = load with { Factors = Factors.One };
        (string Name, Func<Bench, string, Round> Run)[] cases =
        [
            ("receive and write", (bench, address) => Minimal(bench, address, load, isDirect: false)),
            ("receive and write, past the page cache", (bench, address) => Minimal(bench, address, load, isDirect: true)),
            ("program, cubic ×(1,2,2) beside", (bench, address) => Program(bench, address, load, "auto")),
            ("program, uncompressed", (bench, address) => Program(bench, address, load, "none")),
            ("program, stored twice (1,1,1)", (bench, address) => Program(bench, address, unchanged, "auto")),
        ];

        SendChild.Prepare(load);
        try
        {
            Measure(parent, rounds, load, cases);
        }
        finally
        {
            File.Delete(load.PreparedFile!);
        }

        return 0;
    }

    private static void Measure(string parent, int rounds, Load load, (string Name, Func<Bench, string, Round> Run)[] cases)
    {
        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. {load.Volumes} volumes of {load}, {load.Volumes * load.VolumeBytes / 1e9:0.0} GB, photon noise, into {Disk(parent)};");
        text.AppendLine($"sender, receiver and disk on this machine. Medians of {rounds} rounds in turn, lowest and highest in brackets. Each volume is flushed to the disk.").AppendLine();
        text.AppendLine("| wire | receiver | MB/s | of receive and write, of the faster | processor, s/GB: socket + write | all threads | on disk | queue, at most | lost |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (string wire in new[] { "tcp", "ipc" })
        {
            var results = cases.ToDictionary(item => item.Name, _ => new List<Round>());
            for (int round = 0; round < rounds; round++)
            {
                foreach (var (name, run) in cases)
                {
                    using var bench = new Bench(parent);
                    Round result = run(bench, wire == "tcp" ? Bench.FreeTcpAddress() : bench.IpcAddress("camera"));
                    results[name].Add(result);
                    Console.Error.WriteLine($"{wire} {name}: {result}");
                }
            }

            foreach (var (name, _) in cases)
            {
                List<Round> all = results[name];
                // In pairs: both of a round met the same machine.
                double share = Percentiles.Median(Enumerable.Range(0, rounds).Select(
                    round => all[round].MbPerSec / cases[..2].Max(minimal => results[minimal.Name][round].MbPerSec)));
                text.AppendLine(
                    $"| {wire} | {name} | {Median(all, r => r.MbPerSec):0} ({all.Min(r => r.MbPerSec):0}–{all.Max(r => r.MbPerSec):0}) | {100 * share:0} % "
                    + $"| {Median(all, r => r.RawSecPerGb):0.00} | {Median(all, r => r.AllSecPerGb):0.00} | {100 * Median(all, r => r.OnDisk):0} % "
                    + $"| {(cases[..2].Any(minimal => minimal.Name == name) ? "–" : $"{Median(all, r => r.QueueMb):0} MB")} | {all.Sum(r => r.Lost)} |");
            }
        }

        ResultsFile.Put("Ingest", text.ToString());
    }

    private static Round Minimal(Bench bench, string address, Load load, bool isDirect)
    {
        using Child sender = SendChild.Start(address, load);
        using var receiver = Child.Start("Acquisition.Benchmarks", "receive", address, bench.Folder, $"{load.Shape.Z}", isDirect ? "direct" : "buffered");
        receiver.Succeed();
        string[] stored = receiver.Lines.Last(line => line.StartsWith("stored", StringComparison.Ordinal)).Split(' ');
        SendChild.Sent sent = SendChild.Result(sender);
        double bytes = (double)load.Volumes * load.VolumeBytes, seconds = (long.Parse(stored[1]) - sent.FirstFrameUnixNs) / 1e9;
        double processor = double.Parse(stored[2]) / bytes * 1e9;
        return new(bytes / seconds / 1e6, processor, processor, Size(bench.Folder) / bytes, 0, 0);
    }

    private static Round Program(Bench bench, string address, Load load, string compression)
    {
        using Child sender = SendChild.Start(address, load);
        using Child program = bench.StartProgram(address, publish: null, ["model: cubic"], $"compression: {compression}");
        var threads = new Dictionary<string, TimeSpan>();
        while (RunLedger.Folder(bench.RunsFolder) is not { } made || RunLedger.Count(made, LedgerKinds.VolumeStored) < load.Volumes)
        {
            if (program.HasExited) program.WaitFor(_ => false);
            // Threads that have ended tell nothing any more.
            foreach (var (name, time) in ProcessUse.ByThread(program.Id))
                if (time > threads.GetValueOrDefault(name)) threads[name] = time;
            Thread.Sleep(50);
        }

        double all = ProcessUse.Of(program.Id).Processor.TotalSeconds;
        SendChild.Sent sent = SendChild.Result(sender);
        program.Interrupt();
        Thread.Sleep(200);
        program.Interrupt();
        program.Succeed();

        string folder = RunLedger.Folder(bench.RunsFolder)!;
        List<RunLedger.Stored> stored = RunLedger.StoredVolumes(folder);
        JsonElement status = RunLedger.Report(folder).GetProperty("status");
        RequireWhole(status, load, Path.Combine(folder, "raw.zarr"));
        double bytes = (double)load.Volumes * load.VolumeBytes;
        double seconds = (stored.Max(volume => volume.At) - DateTime.UnixEpoch).TotalSeconds - sent.FirstFrameUnixNs / 1e9;
        double raw = threads.Where(thread => thread.Key.StartsWith("ZMQ", StringComparison.Ordinal) || thread.Key is "acquisition sou" or "acquisition raw")
            .Sum(thread => thread.Value.TotalSeconds);
        JsonElement queue = status.GetProperty("queues").EnumerateArray().First(q => q.GetProperty("name").GetString() == "raw");
        return new(
            bytes / seconds / 1e6, raw / bytes * 1e9, all / bytes * 1e9, Size(Path.Combine(folder, "raw.zarr")) / bytes,
            queue.GetProperty("high_water_bytes").GetInt64() / 1e6, status.GetProperty("frames").GetProperty("lost_messages").GetInt64());
    }

    /// <summary>Speed does not count where frames are missing or the dataset cannot be read.</summary>
    private static void RequireWhole(JsonElement status, Load load, string dataset)
    {
        long frames = (long)load.Volumes * load.Shape.Z, stored = status.GetProperty("frames").GetProperty("stored").GetInt64();
        if (stored != frames) throw new InvalidOperationException($"{stored} of {frames} frames were stored.");
        ZarrReader reader = ZarrReader.Open(dataset);
        using var pool = new VolumePool(VolumePool.CostBytes(reader.Shape, reader.PixelType));
        VolumeBuffer volume = pool.TryRent(reader.Shape, reader.PixelType)!;
        reader.ReadVolume(new(load.Volumes - 1, 0), volume);
        volume.Release();
    }

    private static double Median(List<Round> rounds, Func<Round, double> of) => Percentiles.Median(rounds.Select(of));

    private static long Size(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static string Disk(string folder) => new DriveInfo(Path.GetFullPath(folder)).DriveFormat;

    /// <summary>One pass of one receiver.</summary>
    private sealed record Round(double MbPerSec, double RawSecPerGb, double AllSecPerGb, double OnDisk, double QueueMb, long Lost);
}
