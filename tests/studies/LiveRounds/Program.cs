// What rounds of back-projection give and what they cost after the last plane. Volumes are made ready by SelfVisionQuality/prepare.py:
//   LiveRounds FOLDER Z Y X FZ FY FX [steps] [threads]
// Z Y X is the extent of acquired.f32. Tunes once, then restores with each number of rounds; prints a Markdown row for each: PSNR in dB
// (data range 1, border 4) of cubic interpolation and of the network, both projected back, processor time of a whole volume pushed
// plane by plane without a network, and its share that falls on the last plane.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int[] numbers = [.. args[1..7].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
var shape = new VolumeShape(numbers[0], numbers[1], numbers[2]);
var factors = new Factors(numbers[3], numbers[4], numbers[5]);
var tuning = new RestorationOptions
{
    Steps = args.Length > 7 ? int.Parse(args[7], CultureInfo.InvariantCulture) : 600,
    Threads = args.Length > 8 ? int.Parse(args[8], CultureInfo.InvariantCulture) : 1,
};

using FloatVolume acquired = Read(Path.Combine(args[0], "acquired.f32"), shape);
using FloatVolume truth = Read(Path.Combine(args[0], "truth.f32"), shape.Times(factors));
using var restored = new FloatVolume(truth.Shape);
var engine = new CpuEngine();
TunedModel? model = engine.Tune(
    new TuningRequest { Acquired = acquired, Factors = factors, Floor = 0, Options = tuning }, CancellationToken.None).Model;

foreach (int rounds in new[] { 0, 1, 2, 3, 4, 6, 10, 20 })
{
    RestorationOptions options = tuning with { BackProjections = rounds };
    double cubic = Restored(null, options), network = Restored(model, options);
    var (whole, last) = Streamed(options);
    Console.WriteLine($"| {Path.GetFileName(args[0])} | {factors} | {rounds} | {cubic:0.00} | {network:0.00} | {whole:0} | {last / whole:0.00} |");
}

double Restored(TunedModel? with, RestorationOptions options)
{
    engine.Restore(with, acquired, factors, 0, options, restored, out _, CancellationToken.None);
    for (int z = 0; z < restored.Shape.Z; z++)
    {
        foreach (ref float value in restored.Plane(z)) value = Math.Clamp(value, 0, 1);
    }
    return Quality.Psnr(restored, truth);
}

(double WholeMs, double LastMs) Streamed(RestorationOptions options)
{
    using Process self = Process.GetCurrentProcess();
    using IPlaneRestorer stream = engine.OpenStream(null, shape, factors, 0, options, static (_, _) => { });
    double whole = 0, last = 0;
    for (int repeat = 0; repeat < 5; repeat++)
    {
        stream.Reset();
        for (int z = 0; z < shape.Z; z++)
        {
            TimeSpan before = self.TotalProcessorTime;
            stream.Push(acquired.Plane(z), nextAtHand: false, CancellationToken.None);
            self.Refresh();
            double took = (self.TotalProcessorTime - before).TotalMilliseconds;
            whole += took;
            if (z == shape.Z - 1) last += took;
        }
    }
    return (whole / 5, last / 5);
}

static FloatVolume Read(string path, VolumeShape shape)
{
    using FileStream file = File.OpenRead(path);
    var volume = new FloatVolume(shape);
    for (int z = 0; z < shape.Z; z++) file.ReadExactly(MemoryMarshal.AsBytes(volume.Plane(z)));
    return volume;
}
