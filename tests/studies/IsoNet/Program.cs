// Restores what isotropy_phantom.py made, or every n-th plane of a stack of one's own; prints a Markdown row for each method:
//   IsoNet phantom FOLDER METHOD [METHOD ...] [--steps N] [--threads N] [--seed N] [--batch N] [--patch N] [--rate R] [--dropout D] [--noise PHOTONS]
//       [--average FocalPlane|AllDirections]
//   IsoNet stack FILE.tif KEEP LATERAL AXIAL METHOD [METHOD ...] [the same]
// METHOD is blurred (interpolated), lucy, lucy_split, srcnn, or network_kernel such as isonet2_split, isonet1_full, isonet2_csbdeep,
// care_split. LATERAL and AXIAL are the standard deviations of the blur in lateral pixels, KEEP the planes' distance in them after
// thinning. A phantom's volumes go beside it as METHOD.f32, for isotropy_phantom.py score. A stack is itself the truth; power near z over
// power near x follows its PSNR, at an eighth to a quarter, to three eighths and to half a period a pixel.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Storage.Tiff;
using Acquisition.Torch.Isotropy;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int threads = Option("threads", 2);
bool isPhantom = args[0] == "phantom";
var (stack, truth, ratio, psf) = isPhantom ? Phantom(args[1]) : Thinned(args[1], int.Parse(args[2]), Number(args[3]), Number(args[4]));
if (truth is not null) Console.WriteLine($"| truth | |{Isotropy(truth)} | | | |");
foreach (string method in args[(isPhantom ? 2 : 5)..].TakeWhile(argument => !argument.StartsWith("--")))
{
    using var restored = new FloatVolume(AxialUpsampling.Shape(stack.Shape, ratio));
    var clock = Stopwatch.StartNew();
    TimeSpan trained = TimeSpan.Zero;
    string heldOut = "";
    if (method is "blurred" or "lucy" or "lucy_split")
    {
        AxialUpsampling.Apply(stack, ratio, restored, threads);
        using var lucy = new RichardsonLucy(restored.Shape, method == "lucy" ? psf : AlongZ(SplitPsf.Of(psf, DegradationKernel.Split)), threads);
        if (method != "blurred") lucy.Restore(restored, restored);
    }
    else
    {
        IsotropicModel model = IsotropicTrainer.Train(stack, ratio, psf, Options(method), progress => Console.Error.WriteLine(
            $"{method} {progress.Step,6} loss {progress.Loss:0.00}, held out {progress.HeldOutDb:0.00} dB, interpolated {progress.InputDb:0.00} dB, {progress.Elapsed.TotalSeconds:0} s"));
        trained = clock.Elapsed;
        heldOut = $"{model.InputDb:0.00} to {model.HeldOutDb:0.00}";
        clock.Restart();
        using var restorer = new IsotropicRestorer(model, new() { Threads = threads });
        restorer.Restore(stack, restored);
        if (isPhantom) File.WriteAllBytes(Path.Combine(args[1], method + ".safetensors"), model.ToSafeTensors());
    }
    if (isPhantom) Write(restored, Path.Combine(args[1], method + ".f32"));
    string score = truth is null ? "" : $" {Psnr(restored, truth, SamplingRatio.MeasuredCount(stack.Shape.Z, ratio)):0.00} |{Isotropy(restored)} |";
    Console.WriteLine($"| {method} |{score} {heldOut} | {trained.TotalSeconds:0} | {clock.Elapsed.TotalSeconds:0.0} |");
}

IsotropicOptions Options(string method)
{
    string[] parts = method == "srcnn" ? ["isonet1", "identity"] : method.Split('_');
    IsotropicOptions start = parts[0] == "care" ? IsotropicOptions.Care : new();
    double photons = Option("noise", 0.0);
    return start with
    {
        Network = parts[0] switch
        {
            "isonet1" => IsotropicNetwork.IsoNet1,
            "isonet2" => IsotropicNetwork.IsoNet2,
            "care" => IsotropicNetwork.CareIsotropic,
            _ => throw new ArgumentException($"No method {method}."),
        },
        Kernel = Enum.Parse<DegradationKernel>(parts[1], ignoreCase: true),
        Steps = Option("steps", start.Steps),
        Batch = Option("batch", start.Batch),
        PatchPx = Option("patch", start.PatchPx),
        LearningRate = Option("rate", start.LearningRate),
        Dropout = Option("dropout", start.Dropout),
        Average = Enum.Parse<IsotropicAverage>(Option("average", $"{start.Average}"), ignoreCase: true),
        Noise = photons > 0 ? new DegradationNoise { PhotonsPerUnit = photons, ReadSigma = Option("read", 0.0) } : null,
        Seed = Option("seed", start.Seed),
        Threads = threads,
    };
}

T Option<T>(string name, T otherwise) where T : IParsable<T>
{
    int at = Array.IndexOf(args, "--" + name);
    return at < 0 ? otherwise : T.Parse(args[at + 1], CultureInfo.InvariantCulture);
}

static (FloatVolume Stack, FloatVolume? Truth, double Ratio, PointSpreadFunction Psf) Phantom(string folder)
{
    using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
    JsonElement made = document.RootElement;
    return (Read(Path.Combine(folder, "input.tif")), null, made.GetProperty("ratio").GetDouble(), made.TryGetProperty("lateral", out JsonElement lateral)
        ? PointSpreadFunction.FromGaussian(lateral.GetDouble(), made.GetProperty("axial").GetDouble(), 1)
        : Sampled(Path.Combine(folder, "psf.tif"), made.GetProperty("pitch_um").GetDouble()));
}

static PointSpreadFunction Sampled(string path, double pitchUm)
{
    using FloatVolume volume = Read(path);
    var values = new float[volume.Shape.Voxels];
    for (int z = 0; z < volume.Shape.Z; z++) volume.Plane(z).CopyTo(values.AsSpan((int)(z * volume.Shape.PlaneVoxels)));
    return PointSpreadFunction.FromSamples(volume.Shape, values, pitchUm);
}

// What a kernel blurs along x, along z instead and nothing across.
static PointSpreadFunction AlongZ(PlaneKernel kernel)
{
    var weights = new float[kernel.Width];
    for (int i = 0; i < kernel.Weights.Length; i++) weights[i % weights.Length] += kernel.Weights[i];
    return PointSpreadFunction.FromSamples(new VolumeShape(weights.Length, 1, 1), weights, 1);
}

static (FloatVolume Stack, FloatVolume? Truth, double Ratio, PointSpreadFunction Psf) Thinned(string path, int keep, double lateral, double axial)
{
    FloatVolume all = Read(path);
    var stack = new FloatVolume(all.Shape with { Z = SamplingRatio.CoarseCount(all.Shape.Z, keep) });
    for (int k = 0; k < stack.Shape.Z; k++) all.Plane(k * keep).CopyTo(stack.Plane(k));
    return (stack, all, keep, PointSpreadFunction.FromGaussian(lateral, axial, 1));
}

static FloatVolume Read(string path)
{
    using TiffStack file = TiffStack.Open(path);
    var volume = new FloatVolume(file.Shape);
    var bytes = new byte[file.Shape.PlaneVoxels * file.PixelType.Bytes()];
    for (int z = 0; z < file.Shape.Z; z++)
    {
        file.ReadPlane(new FrameIndex(0, 0, z), bytes);
        Span<float> plane = volume.Plane(z);
        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] = file.PixelType switch
            {
                PixelType.UInt8 => bytes[i],
                PixelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(bytes)[i],
                _ => MemoryMarshal.Cast<byte, float>(bytes)[i],
            };
        }
    }
    return volume;
}

static void Write(FloatVolume volume, string path)
{
    using FileStream file = File.Create(path);
    for (int z = 0; z < volume.Shape.Z; z++) file.Write(MemoryMarshal.AsBytes(volume.Plane(z)));
}

static string Isotropy(FloatVolume volume) => string.Join(", ", IsotropyQuality.AxialPowerRatio(volume, 4)[1..].Select(ratio => $" {ratio:0.00}"));

// Up to the last acquired plane, with the truth's largest value (Weigert et al. 2017, eq. 3).
static double Psnr(FloatVolume restored, FloatVolume truth, int planes)
{
    double squares = 0, brightest = 0;
    for (int z = 0; z < planes; z++)
    {
        Span<float> a = restored.Plane(z), b = truth.Plane(z);
        for (int i = 0; i < a.Length; i++)
        {
            double error = (double)a[i] - b[i];
            squares += error * error;
            brightest = Math.Max(brightest, b[i]);
        }
    }
    return 20 * Math.Log10(brightest) - 10 * Math.Log10(squares / ((double)planes * truth.Shape.PlaneVoxels));
}

static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
