// Tunes on one shrunken volume, restores it and compares with the original. Made ready by prepare.py:
//   SelfVisionQuality FOLDER Z Y X FZ FY FX [public|paper] [steps] [threads] [crop planes] [detail gain] [seed]
// Z Y X is the extent of acquired.f32. Prints PSNR and SSIM (data range 1, border 4) of each method, and seconds.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int[] numbers = [.. args[1..7].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
var shape = new VolumeShape(numbers[0], numbers[1], numbers[2]);
var factors = new Factors(numbers[3], numbers[4], numbers[5]);
var options = new RestorationOptions
{
    Variant = args.Length > 7 && args[7] == "paper" ? NetworkVariant.Paper : NetworkVariant.Public,
    Steps = args.Length > 8 ? int.Parse(args[8], CultureInfo.InvariantCulture) : 600,
    Threads = args.Length > 9 ? int.Parse(args[9], CultureInfo.InvariantCulture) : Environment.ProcessorCount,
    CropPlanes = args.Length > 10 ? int.Parse(args[10], CultureInfo.InvariantCulture) : 4,
    DetailGain = args.Length > 11 ? double.Parse(args[11], CultureInfo.InvariantCulture) : 1,
    Seed = args.Length > 12 ? int.Parse(args[12], CultureInfo.InvariantCulture) : 1,
};

using FloatVolume acquired = Read(Path.Combine(args[0], "acquired.f32"), shape);
using FloatVolume truth = Read(Path.Combine(args[0], "truth.f32"), shape.Times(factors));
using var restored = new FloatVolume(truth.Shape);

Resampling.Enlarge(acquired, factors, restored);
Print("cubic");
var engine = new CpuEngine();
engine.Restore(null, acquired, factors, 0, options, restored, out _, CancellationToken.None);
Print("cubic + back-projection");

TuningResult tuned = engine.Tune(acquired, factors, 0, options, new Reporter(), CancellationToken.None);
var clock = Stopwatch.StartNew();
engine.Restore(tuned.Model, acquired, factors, 0, options, restored, out double residual, CancellationToken.None);
double seconds = clock.Elapsed.TotalSeconds;
Print($"self-vision, {options.Variant}");
Console.WriteLine($"goes live: {tuned.BeatsProjection}; {tuned.Reason}");
Console.WriteLine($"tuning {tuned.Duration.TotalSeconds:0.0} s, restoring {seconds:0.00} s, processor time in all {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0.0} s, residual {residual:0.0e0}, {options.Threads} threads, {engine.Name}");

void Print(string method)
{
    for (int z = 0; z < restored.Shape.Z; z++)
    {
        foreach (ref float value in restored.Plane(z)) value = Math.Clamp(value, 0, 1);
    }
    Console.WriteLine($"{method,-24} {Quality.Psnr(restored, truth):0.00} dB  {Quality.Ssim(restored, truth):0.0000}");
}

static FloatVolume Read(string path, VolumeShape shape)
{
    using FileStream file = File.OpenRead(path);
    var volume = new FloatVolume(shape);
    for (int z = 0; z < shape.Z; z++) file.ReadExactly(MemoryMarshal.AsBytes(volume.Plane(z)));
    return volume;
}

internal sealed class Reporter : IProgress<TuningProgress>
{
    public void Report(TuningProgress value)
    {
        if (value.Step % 100 == 0)
            Console.WriteLine($"  {value.Step,5} loss {value.Loss:0.000000} held out {value.HeldOutDb:0.00} projected {value.ProjectedDb:0.00} cubic {value.CubicDb:0.00} dB, {value.Elapsed.TotalSeconds:0} s");
    }
}
