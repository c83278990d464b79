using System.Globalization;
using System.Text.Json;
using NetMQ;
using NetMQ.Sockets;

namespace Acquisition.Benchmarks.Live;

/// <summary>Sends small volumes through the program at a steady pace, and looks what it holds whenever it tells its state, once a second.</summary>
internal static class Soak
{
    /// <param name="parent">Folder on the disk to use.</param>
    /// <returns>In the order of time, from the first volume restored to the last.</returns>
    /// <exception cref="InvalidOperationException">The program failed, or left volumes out.</exception>
    public static SoakSample[] Run(string parent, Load load)
    {
        using var bench = new Bench(parent);
        string camera = Bench.FreeTcpAddress(), published = Bench.FreeTcpAddress(), heapFile = Path.Combine(bench.Folder, "heap");
        using var socket = new SubscriberSocket();
        socket.Connect(published);
        socket.Subscribe("acq.bench.status");
        using Child program = bench.StartProgram(camera, published, ["model: cubic"], environment:
        [
            ("DOTNET_STARTUP_HOOKS", typeof(Soak).Assembly.Location),
            (StartupHook.FileVariable, heapFile),
        ]);
        using Child sender = SendChild.Start(camera, load);

        var samples = new List<SoakSample>();
        while (!program.HasExited)
        {
            if (TryReceiveStatus(socket) is not { } status) continue;
            if (status.GetProperty("state").GetString() == "finished") break;
            int restored = (int)status.GetProperty("volumes").GetProperty("restored").GetInt64();
            if (restored > 0 && !program.HasExited)
                samples.Add(new(
                    restored, long.Parse(File.ReadAllText(heapFile), CultureInfo.InvariantCulture), ProcessUse.Of(program.Id),
                    status.GetProperty("queues").EnumerateArray().Sum(queue => queue.GetProperty("depth").GetInt32())));
        }

        program.Succeed();
        sender.Succeed();
        JsonElement volumes = RunLedger.Report(RunLedger.Folder(bench.RunsFolder)!).GetProperty("status").GetProperty("volumes");
        return volumes.GetProperty("restored").GetInt64() == load.Volumes
            ? [.. samples]
            : throw new InvalidOperationException($"Not all of {load.Volumes} volumes were restored: {volumes}");
    }

    /// <summary>Rise of the straight line through the second half (least squares), per 1,000 volumes.</summary>
    public static double Slope(IReadOnlyList<SoakSample> samples, Func<SoakSample, double> of)
    {
        SoakSample[] half = [.. samples.Skip(samples.Count / 2)];
        double meanX = half.Average(sample => (double)sample.Volumes), meanY = half.Average(of);
        double along = half.Sum(sample => (sample.Volumes - meanX) * (of(sample) - meanY)), square = half.Sum(sample => Math.Pow(sample.Volumes - meanX, 2));
        return 1000 * along / square;
    }

    private static JsonElement? TryReceiveStatus(SubscriberSocket socket)
    {
        JsonElement? status = null;
        bool more = true;
        for (int i = 0; more; i++)
        {
            Msg part = default;
            part.InitEmpty();
            if (!socket.TryReceive(ref part, TimeSpan.FromSeconds(1)))
            {
                part.Close();
                return null;
            }

            more = part.HasMore;
            if (i == 1) status = ListenChild.Decode(part.Slice().ToArray());
            part.Close();
        }

        return status;
    }
}
