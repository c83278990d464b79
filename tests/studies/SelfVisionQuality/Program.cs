// Tunes on one shrunken volume, restores it and compares with the original. Made ready by prepare.py:
//   SelfVisionQuality FOLDER Z Y X FZ FY FX [public|paper] [steps] [threads] [crop planes] [detail gain] [seed]
//     [crops a step] [learning rate], each "-" or left out for the default.
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
var options = new RestorationOptions();
options = options with
{
    Variant = args.Length > 7 && args[7] == "paper" ? NetworkVariant.Paper : NetworkVariant.Public,
    Steps = (int)Given(8, options.Steps),
    Threads = (int)Given(9, options.Threads),
    CropPlanes = (int)Given(10, options.CropPlanes),
    DetailGain = Given(11, options.DetailGain),
    Seed = (int)Given(12, options.Seed),
    BatchSize = (int)Given(13, options.BatchSize),
    LearningRate = Given(14, options.LearningRate),
};

using FloatVolume acquired = Read(Path.Combine(args[0], "acquired.f32"), shape);
using FloatVolume truth = Read(Path.Combine(args[0], "truth.f32"), shape.Times(factors));
using var restored = new FloatVolume(truth.Shape);

Resampling.Enlarge(acquired, factors, restored);
Print("cubic");
var engine = new CpuEngine();
engine.Restore(null, acquired, factors, 0, options, restored, out _, CancellationToken.None);
Print("cubic + back-projection");

TuningResult tuned = engine.Tune(
    new TuningRequest { Acquired = acquired, Factors = factors, Floor = 0, Options = options, Progress = new Reporter() }, CancellationToken.None);
var clock = Stopwatch.StartNew();
engine.Restore(tuned.Model, acquired, factors, 0, options, restored, out double residual, CancellationToken.None);
double seconds = clock.Elapsed.TotalSeconds;
Print($"self-vision, {options.Variant}");
Console.WriteLine($"goes live: {tuned.BeatsProjection}; {tuned.Reason}");
Console.WriteLine($"tuning {tuned.Duration.TotalSeconds:0.0} s, restoring {seconds:0.00} s, processor time in all {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0.0} s, residual {residual:0.0e0}, {options.Threads} threads, {engine.Name}");

double Given(int index, double otherwise) =>
    args.Length > index && args[index] != "-" ? double.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

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
