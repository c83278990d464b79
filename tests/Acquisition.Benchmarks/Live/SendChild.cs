using System.Diagnostics;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.Benchmarks.Live;

/// <summary>The microscope as a process of its own, which sends what was prepared.</summary>
internal static class SendChild
{
    /// <summary>As long as it takes: whoever started this process ends it when nobody listens.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Its last line: when frames were on the point of being sent, Unix time in nanoseconds.</summary>
    public sealed record Sent(long FirstFrameUnixNs, long[] LastFrameUnixNs);

    public static int Run(string address, string text)
    {
        Load load = Load.Parse(text);
        ScanPlan plan = load.Plan;
        var volumes = new PreparedVolumes(load, plan);
        using var sender = new FrameSender(new() { Address = address, Linger = TimeSpan.FromMinutes(1) });
        Console.WriteLine("ready");

        var frameInterval = load.FramesPerSec > 0 ? TimeSpan.FromSeconds(1 / load.FramesPerSec) : TimeSpan.Zero;
        var sent = new Sent(0, new long[load.Volumes]);
        ulong sequence = 0;
        Require(sender.TrySendStart(plan with { AnnouncedUnixNs = UnixClock.NowNs() }, sequence++, repeat: false, Patience));
        long due = Stopwatch.GetTimestamp();
        for (int t = 0; t < load.Volumes; t++)
        {
            if (t == load.PauseBefore)
            {
                Console.ReadLine();
                due = Stopwatch.GetTimestamp();
            }

            for (int z = 0; z < plan.Shape.Z; z++)
            {
                // A camera that was held up does not make up for it with a burst.
                due = Math.Max(due, Stopwatch.GetTimestamp() - (long)(frameInterval.TotalSeconds * Stopwatch.Frequency));
                TimeSpan ahead = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
                due += (long)(frameInterval.TotalSeconds * Stopwatch.Frequency);
                long now = UnixClock.NowNs();
                if (sequence == 1) sent = sent with { FirstFrameUnixNs = now };
                sent.LastFrameUnixNs[t] = now;
                var header = new FrameHeader(plan.ScanId, sequence, new(t, 0, z), plan.Shape.Y, plan.Shape.X, plan.PixelType, (long)sequence, now, now);
                Require(sender.TrySendFrame(plan.Stream, header, volumes.Plane(t, z), Patience));
                sequence++;
            }
        }

        Require(sender.TrySendEnd(plan.Stream, new(plan.ScanId, sequence, (long)sequence - 1, "completed", ""), Patience));
        Console.WriteLine(JsonSerializer.Serialize(sent));
        return 0;
    }

    /// <summary>Makes the volumes now, for all processes to come.</summary>
    public static void Prepare(Load load) => _ = new PreparedVolumes(load, load.Plan);

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

    private static void Require(bool isSent)
    {
        if (!isSent) throw new TimeoutException("Nobody takes what is sent.");
    }
}
