using System.Text.Json;
using Acquisition.HardwareSim.Sending;
using Acquisition.Transport;

namespace Acquisition.Benchmarks.Live;

/// <summary>The sending process: prepared volumes through the simulator's own sender.</summary>
internal static class SendChild
{
    /// <summary>Its last line: when things were sent, Unix time in nanoseconds.</summary>
    public sealed record Sent(long FirstFrameUnixNs, long[] LastFrameUnixNs);

    public static int Run(string address, string load)
    {
        Load wanted = Load.Parse(load);
        using var series = new PreparedSeries(wanted);
        using var sender = new FrameSender(new() { Address = address, Linger = TimeSpan.FromMinutes(1) });
        Console.WriteLine("ready");
        var pacer = new Pacer(wanted.FramesPerSec > 0 ? TimeSpan.FromSeconds(1 / wanted.FramesPerSec) : TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System);
        new ScanSender(sender, series, new(), pacer, TextWriter.Null).SendScan(CancellationToken.None);
        Console.WriteLine(JsonSerializer.Serialize(new Sent(series.FirstFrameUnixNs, series.LastFrameUnixNs.ToArray())));
        return 0;
    }

    /// <summary>Makes the volumes now, for all processes to come.</summary>
    public static void Prepare(Load load) => new PreparedSeries(load).Dispose();

    public static Child Start(string address, Load load)
    {
        var child = Child.Start("Acquisition.Benchmarks", "send", address, load.ToJson());
        child.WaitFor(lines => lines.Contains("ready"));
        return child;
    }

    public static Sent Result(Child child)
    {
        child.Succeed();
        return JsonSerializer.Deserialize<Sent>(child.Lines.Last(line => line.StartsWith('{')))!;
    }
}
