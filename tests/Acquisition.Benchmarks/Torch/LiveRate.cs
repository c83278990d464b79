using System.Diagnostics;
using System.Globalization;
using Acquisition.Benchmarks.Live;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Torch;

namespace Acquisition.Benchmarks.Torch;

/// <summary>How many planes a second one stream restores, volume after volume, as in a run: ensemble off, back-projected.</summary>
internal static class LiveRate
{
    private static readonly Factors Factors = new(2, 2, 2);

    public static string Measure(string device, VolumeShape shape, TimeSpan duration, int threads)
    {
        var options = new RestorationOptions { Ensemble = false, BackProjections = 4, Threads = threads };
        var engine = new TorchEngine(device, Console.Error.WriteLine);
        using FloatVolume volume = Volumes.Random(shape);
        TunedModel model = Volumes.Model(Factors);
        long planes = 0;
        using IPlaneRestorer stream = engine.OpenStream(model, shape, Factors, 0, options, (_, _) => planes++);
        Volume(); // the first compiles, and chooses kernels
        planes = 0;
        var seconds = new List<double>();
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration || seconds.Count < 3)
        {
            long before = Stopwatch.GetTimestamp();
            Volume();
            seconds.Add(Stopwatch.GetElapsedTime(before).TotalSeconds);
        }
        double all = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"""
            ## Live rate

            {engine.Name}, Public network, {shape} ×({Factors}), {threads} threads of the processor beside it, for {all:0} s: {seconds.Count / all:0.00} volumes/s, {seconds.Count * shape.Z / all:0} acquired planes/s,
            {planes / all:0} restored planes/s. A volume takes {1000 * Percentiles.Median(seconds):0} ms (95 %: {1000 * Percentiles.Of(seconds, 0.95):0} ms).

            """);

        void Volume()
        {
            for (int z = 0; z < shape.Z; z++) stream.Push(volume.Plane(z), nextAtHand: z + 1 < shape.Z, CancellationToken.None);
            stream.Complete();
            stream.Reset();
        }
    }
}
