// Trains the weights that tuning may start from, on the simulator's phantoms alone:
//   Prior OUT.safetensors FZ,FY,FX [steps] [phantoms] [seed] [clean|noisy]
// One thread; the same arguments give the same bytes on machines with the same vector width. Prints the loss on phantoms
// left out, relative to that of adding nothing.
using System.Diagnostics;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Studies.Prior;

const int LeftOut = 24, CropsPerStep = 4, Planes = 8, ReportEvery = 250;
const double LearningRate = 2e-3, Decay = 0.99;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int[] numbers = [.. args[1].Split(',').Select(int.Parse)];
var factors = new Factors(numbers[0], numbers[1], numbers[2]);
int steps = args.Length > 2 ? int.Parse(args[2]) : 6000; // about five minutes of one thread
int count = args.Length > 3 ? int.Parse(args[3]) : 240;
int seed = args.Length > 4 ? int.Parse(args[4]) : 1;
bool noisy = args.Length > 5 && args[5] == "noisy";

var crop = new VolumeShape(Planes * factors.Z, 64, 64);
var extent = new VolumeShape(Planes * factors.Z + 8, 72, 72);
var clock = Stopwatch.StartNew();
var phantoms = new Phantom[count + LeftOut];
for (int i = 0; i < phantoms.Length; i++) phantoms[i] = Phantom.Draw(extent, seed * 100_000 + i);
Console.WriteLine($"{phantoms.Length} phantoms of {extent} in {clock.Elapsed.TotalSeconds:0} s");

using var pair = new Pair(crop, factors, noisy);
using var judged = new Pair(crop, factors, noisyTarget: false);
var random = new Random(seed);
var layout = new NetworkLayout(NetworkVariant.Public, factors);
using var network = new CompiledNetwork(layout, KernelSet.Default, Planes);
using var pass = new GradientPass(network);
float[] parameters = Initialisation.Draw(layout, Planes, random);
float[] average = [.. parameters], gradient = new float[parameters.Length];
float[] executed = new float[layout.ExecutedCount], sum = new float[layout.ExecutedCount];
var adam = new Adam(parameters.Length);

// What is missing differs by orders of magnitude between phantoms; each counts relative to its own.
double[] missing = [.. phantoms.Select(phantom => Missing(phantom, pair))], missingClean = [.. phantoms.Select(phantom => Missing(phantom, judged))];
double loss = 0;
for (int step = 1; step <= steps; step++)
{
    network.Load(parameters);
    Array.Clear(sum);
    for (int i = 0; i < CropsPerStep; i++)
    {
        int which = random.Next(count);
        pair.Cut(phantoms[which], Box());
        loss += pass.Run(pair.Input, pair.Detail, null, 1 / (missing[which] * crop.Voxels * CropsPerStep), executed);
        for (int k = 0; k < sum.Length; k++) sum[k] += executed[k];
    }
    BatchGradient.ToStored(layout, sum, gradient);
    adam.Step(parameters, gradient, LearningRate * (1 + Math.Cos(Math.PI * (step - 1) / steps)) / 2);
    float share = (float)Math.Max(1 - Decay, 9.0 / (9 + step));
    for (int i = 0; i < average.Length; i++) average[i] += share * (parameters[i] - average[i]);
    if (step % ReportEvery != 0 && step != steps) continue;
    Console.WriteLine($"{step,6} loss {loss / ReportEvery:0.000}, left out {LossOnLeftOut():0.000}, {clock.Elapsed.TotalSeconds:0} s");
    loss = 0;
    if (step % (4 * ReportEvery) == 0 || step == steps) Save(step);
}

Crop Box() => new(
    random.Next(extent.Z - crop.Z + 1), random.Next(extent.Y - crop.Y + 1), random.Next(extent.X - crop.X + 1), Coin(), Coin(), Coin(), Coin());

bool Coin() => random.Next(2) == 1;

// The mean of a phantom's corners, because beads may lie in one of them alone.
double Missing(Phantom phantom, Pair of)
{
    double total = 0;
    for (int corner = 0; corner < 8; corner++)
    {
        of.Cut(phantom, new Crop(
            (corner >> 2) * (extent.Z - crop.Z), (corner >> 1 & 1) * (extent.Y - crop.Y), (corner & 1) * (extent.X - crop.X), false, false, false, false));
        total += of.MeanSquare() / 8;
    }
    return Math.Max(total, 4e-6); // where hardly anything is missing, 54 dB, that must not outweigh the rest
}

double LossOnLeftOut()
{
    network.Load(average);
    double total = 0;
    for (int i = count; i < phantoms.Length; i++)
    {
        judged.Cut(phantoms[i], new Crop(4, 4, 4, false, false, false, false));
        total += pass.Run(judged.Input, judged.Detail, null, 1 / (missingClean[i] * crop.Voxels), executed);
    }
    return total / LeftOut;
}

void Save(int step)
{
    TunedModel model = new SelfVisionModel(NetworkVariant.Public, [new(factors, [.. average])])
        .WithNote("version", "1")
        .WithNote("trained_on", $"{count} phantoms of hardware-sim, {(noisy ? "noisy" : "clean")} targets")
        .WithNote("steps", $"{step}")
        .WithNote("seed", $"{seed}");
    File.WriteAllBytes(args[0], model.ToSafeTensors());
}
