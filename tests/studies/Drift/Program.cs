// Whether the quality gauge notices that a sample has changed: Drift FZ FY FX FOLDER:Z,Y,X FOLDER:Z,Y,X ...
// Folders hold acquired.f32 of that extent and truth.f32, as SelfVisionQuality/prepare.py makes them. Tunes on the first one and prints for
// each what the gauge reads (dB) and what the model really adds to projected volumes there (PSNR, dB).
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var factors = new Factors(Number(args[0]), Number(args[1]), Number(args[2]));
var engine = new CpuEngine();
var options = new RestorationOptions();
TunedModel? model = null;
foreach (string argument in args[3..])
{
    string folder = argument[..argument.LastIndexOf(':')];
    int[] extent = [.. argument[(folder.Length + 1)..].Split(',').Select(Number)];
    var shape = new VolumeShape(extent[0], extent[1], extent[2]);
    using FloatVolume acquired = Read(Path.Combine(folder, "acquired.f32"), shape), truth = Read(Path.Combine(folder, "truth.f32"), shape.Times(factors));
    model ??= engine.Tune(
        new TuningRequest { Acquired = acquired, Factors = factors, Floor = 0, Options = options }, CancellationToken.None).Model!;
    GaugeReading reading = engine.Gauge(model, acquired, factors, 0, options, CancellationToken.None)!.Value;
    double added = Psnr(model, acquired, truth) - Psnr(null, acquired, truth);
    Console.WriteLine($"{Path.GetFileName(folder)} {reading.ModelDb:0.00} {reading.ProjectedDb:0.00} {reading.Carries:0.00} {added:0.00}");
}

double Psnr(TunedModel? with, FloatVolume acquired, FloatVolume truth)
{
    using var restored = new FloatVolume(truth.Shape);
    engine.Restore(with, acquired, factors, 0, options, restored, out _, CancellationToken.None);
    return Quality.Psnr(restored, truth);
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static FloatVolume Read(string path, VolumeShape shape)
{
    using FileStream file = File.OpenRead(path);
    var volume = new FloatVolume(shape);
    for (int z = 0; z < shape.Z; z++) file.ReadExactly(MemoryMarshal.AsBytes(volume.Plane(z)));
    return volume;
}
