using System.Diagnostics;
using System.Globalization;
using System.Text;
using Acquisition.Benchmarks.Live;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Benchmarks;

/// <summary>What deconvolving one volume costs, in turn with scikit-image.</summary>
internal static class LucyMode
{
    private const int Iterations = 20;
    private const double Ratio = 4;

    // scikit-image chooses between direct sums and transforms itself, and keeps single precision.
    private const string Theirs = """
        import sys, time
        import numpy as np
        from skimage.restoration import richardson_lucy
        lateral, axial, iterations = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
        def bell(s):
            r = int(np.ceil(4 * s))
            return np.exp(-np.arange(-r, r + 1.0) ** 2 / (2 * s * s))
        psf = bell(axial)[:, None, None] * bell(lateral)[:, None] * bell(lateral)
        volume = np.random.default_rng(1).random([int(n) for n in sys.argv[4].split(",")], np.float32)
        started = time.perf_counter()
        richardson_lucy(volume, (psf / psf.sum()).astype(np.float32), iterations, clip=False)
        print(time.perf_counter() - started)
        """;

    private static readonly VolumeShape Stack = new(40, 128, 128);

    public static int Run(int? rounds)
    {
        PointSpreadFunction psf = PointSpreadFunction.FromGaussian(2, 8, 1);
        VolumeShape fine = AxialUpsampling.Shape(Stack, Ratio);
        using FloatVolume stack = new(Stack), blurred = new(fine), restored = new(fine);
        var random = new Random(1);
        for (int z = 0; z < Stack.Z; z++)
        {
            foreach (ref float sample in stack.Plane(z)) sample = random.NextSingle();
        }

        var times = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        for (int round = 0; round < (rounds ?? 3); round++)
        {
            foreach (int threads in (int[])[1, 2])
            {
                Add($"interpolation, {threads} threads", () => AxialUpsampling.Apply(stack, Ratio, blurred, threads));
                using var lucy = new RichardsonLucy(fine, psf, threads);
                if (round == 0) lucy.Restore(blurred, restored, 2); // what is compiled on the way counts for nobody
                Add($"Richardson-Lucy, {threads} threads", () => lucy.Restore(blurred, restored, Iterations));
            }
            AddSeconds("scikit-image, one thread", ScikitImage(fine));
        }

        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. A stack of {Stack}, planes {Ratio:0} pixels apart, to {fine}; {Iterations} iterations with a Gaussian of σ 2 and 8 pixels.");
        text.AppendLine($"Here {RichardsonLucy.BytesNeeded(fine, psf) >> 20} MiB beside the volumes. Seconds by the clock over {rounds ?? 3} rounds, in turn.").AppendLine();
        text.AppendLine("| work | median | lowest | highest |").AppendLine("|---|---|---|---|");
        foreach (var (name, seconds) in times)
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Percentiles.Median([.. seconds]):0.000} | {seconds.Min():0.000} | {seconds.Max():0.000} |"));
        ResultsFile.Put("Isotropic baseline", text.ToString());
        return 0;

        void Add(string name, Action work)
        {
            long started = Stopwatch.GetTimestamp();
            work();
            AddSeconds(name, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        void AddSeconds(string name, double seconds)
        {
            if (!times.TryGetValue(name, out List<double>? list)) times[name] = list = [];
            list.Add(seconds);
        }
    }

    private static double ScikitImage(VolumeShape shape)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Theirs, "2", "8", $"{Iterations}", $"{shape.Z},{shape.Y},{shape.X}"]) { RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("Python did not start.");
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(answer, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("scikit-image failed; python3-skimage is needed.");
    }
}
