// Restores a shrunken volume, and the volume's own shrunk copy, with everything that could tell how wrong the result is:
//   ErrorPrediction FOLDER Z Y X FZ FY FX [LATER]
// Z Y X is the extent of FOLDER/acquired.f32, made by prepare.py; LATER holds a second volume of the same scan, which is restored
// with what was tuned and calibrated on the first. Writes raw little-endian volumes beside it for uncertainty.py: "fine_…" are on
// the grid of truth.f32, "own_…" on that of acquired.f32 with itself as the truth.
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Training;
using Acquisition.Restoration.Uncertainty;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string folder = args[0];
int[] numbers = [.. args[1..7].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
var shape = new VolumeShape(numbers[0], numbers[1], numbers[2]);
var factors = new Factors(numbers[3], numbers[4], numbers[5]);
var options = new RestorationOptions();
var engine = new CpuEngine();
using var pool = new VolumePool(1L << 32);

using FloatVolume acquired = Read(Path.Combine(folder, "acquired.f32"), shape);
TuningResult tuned = engine.Tune(
    new TuningRequest { Acquired = acquired, Factors = factors, Floor = 0, Options = options }, CancellationToken.None);
ErrorModel model = ErrorCalibration.Measure(engine, tuned.Model, acquired, factors, 0, options, CancellationToken.None);
File.WriteAllText(Path.Combine(folder, "model.json"), model.ToText());

using (var heldOut = new HeldOutBlocks(acquired, new Random(options.Seed))) Write("own_training", heldOut.TrainingWeights);

using var coarse = new FloatVolume(new VolumeShape(shape.Z / factors.Z, shape.Y / factors.Y, shape.X / factors.X));
Resampling.Shrink(acquired, factors, coarse);
SampleRange.Of(acquired).Clamp(coarse);
RestoreAll("own", coarse, model with { Errors = [.. model.Errors.Select(error => error / model.GridFactor)] });
RestoreAll("fine", acquired, model);
if (args.Length > 7)
{
    using FloatVolume later = Read(Path.Combine(args[7], "acquired.f32"), shape);
    using var fine = new FloatVolume(shape.Times(factors));
    engine.Restore(tuned.Model, later, factors, 0, options, fine, out _, CancellationToken.None);
    Write("later_restored", fine);
    WriteMap("later_map", fine, model);
}

void RestoreAll(string name, FloatVolume input, ErrorModel errors)
{
    using var fine = new FloatVolume(input.Shape.Times(factors));
    Resampling.Enlarge(input, factors, fine);
    Write(name + "_cubic", fine);
    engine.Restore(null, input, factors, 0, options, fine, out _, CancellationToken.None);
    Write(name + "_projected", fine);
    engine.Restore(tuned.Model, input, factors, 0, options with { BackProjections = 0 }, fine, out _, CancellationToken.None);
    using var back = new FloatVolume(input.Shape);
    Resampling.Shrink(fine, factors, back);
    for (int z = 0; z < back.Shape.Z; z++)
    {
        Span<float> miss = back.Plane(z), x = input.Plane(z);
        for (int i = 0; i < miss.Length; i++) miss[i] = x[i] - miss[i];
    }
    Write(name + "_residual", back);
    engine.Restore(tuned.Model, input, factors, 0, options, fine, out _, CancellationToken.None);
    Write(name + "_restored", fine);
    WriteMap(name + "_map", fine, errors);

    // The members of the ensemble, one by one: the volume is turned, restored without an ensemble, and turned back.
    int member = 0;
    foreach (bool flip in (bool[])[false, true])
    {
        for (int turns = 0; turns < 4; turns++, member++)
        {
            using FloatVolume turned = Turn(input, turns, flip), restored = new(turned.Shape.Times(factors));
            foreach (int rounds in (int[])[0, options.BackProjections])
            {
                engine.Restore(
                    tuned.Model, turned, factors, 0, options with { Ensemble = false, BackProjections = rounds }, restored, out _, CancellationToken.None);
                using FloatVolume straight = Turn(restored, (4 - turns) % 4, flip);
                Write($"{name}_member{member}_{(rounds == 0 ? "network" : "restored")}", straight);
            }
        }
    }
}

// Quarter turns of each plane, and planes in reverse.
static FloatVolume Turn(FloatVolume volume, int turns, bool flip)
{
    VolumeShape from = volume.Shape, to = turns % 2 == 0 ? from : new(from.Z, from.X, from.Y);
    var turned = new FloatVolume(to);
    for (int z = 0; z < to.Z; z++)
    {
        Span<float> source = volume.Plane(flip ? to.Z - 1 - z : z), plane = turned.Plane(z);
        for (int y = 0; y < to.Y; y++)
        {
            for (int x = 0; x < to.X; x++)
            {
                plane[y * to.X + x] = source[turns switch
                {
                    0 => y * from.X + x,
                    1 => x * from.X + from.X - 1 - y,
                    2 => (from.Y - 1 - y) * from.X + from.X - 1 - x,
                    _ => (from.Y - 1 - x) * from.X + y,
                }];
            }
        }
    }
    return turned;
}

void WriteMap(string name, FloatVolume restored, ErrorModel errors)
{
    VolumeBuffer map = pool.TryRent(restored.Shape, PixelType.UInt8)!;
    ErrorMap.Write(restored, errors, [], factors, map, options.Threads);
    using FileStream file = File.Create(Path.Combine(folder, name + ".u8"));
    for (int z = 0; z < map.Shape.Z; z++) file.Write(map.Plane(z));
    map.Release();
}

void Write(string name, FloatVolume volume)
{
    using FileStream file = File.Create(Path.Combine(folder, name + ".f32"));
    for (int z = 0; z < volume.Shape.Z; z++) file.Write(MemoryMarshal.AsBytes(volume.Plane(z)));
}

static FloatVolume Read(string path, VolumeShape shape)
{
    using FileStream file = File.OpenRead(path);
    var volume = new FloatVolume(shape);
    for (int z = 0; z < shape.Z; z++) file.ReadExactly(MemoryMarshal.AsBytes(volume.Plane(z)));
    return volume;
}
