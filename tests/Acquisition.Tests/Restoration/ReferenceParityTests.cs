using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Inference;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Training;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration;

/// <summary>The same network in somebody else's PyTorch, where that script lies beside the repository.</summary>
public sealed class ReferenceParityTests : IDisposable
{
    private static readonly VolumeShape Coarse = new(6, 20, 24);
    private const int Samples = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("acquisition-reference-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(NetworkVariant.Public, 1, 2, 2)]
    [InlineData(NetworkVariant.Public, 2, 2, 2)]
    [InlineData(NetworkVariant.Paper, 1, 2, 2)]
    [InlineData(NetworkVariant.Paper, 2, 2, 2)]
    public async Task Output_and_gradients_are_the_references(NetworkVariant variant, int fz, int fy, int fx)
    {
        var factors = new Factors(fz, fy, fx);
        await ExportAsync(variant, factors);
        var layout = new NetworkLayout(variant, factors);
        var parameters = new float[layout.StoredCount];
        foreach (var (name, shape, start) in layout.Tensors()) Floats($"param.{name}").CopyTo(parameters, start);
        using var network = new CompiledNetwork(layout, KernelSet.Default, 4);
        network.Load(parameters);

        float[] inputs = Floats("input"), targets = Floats("target"), outputs = Floats("output");
        VolumeShape fine = Coarse.Times(factors);
        double outputError = 0;
        var gradient = new double[layout.StoredCount];
        for (int n = 0; n < Samples; n++)
        {
            using FloatVolume input = Volumes.From(Coarse, Part(inputs, n)), target = Volumes.From(fine, Part(targets, n));
            using FloatVolume output = new(fine), cubic = new(fine);
            using (var inference = new NetworkInference(network, new RestorationOptions()))
                inference.Enlarge(input, output, ensemble: false, TestContext.Current.CancellationToken);
            outputError = Math.Max(outputError, Volumes.MaxError(Part(outputs, n), Volumes.Samples(output)));

            Resampling.Enlarge(input, factors, cubic, 1, TestContext.Current.CancellationToken);
            using FloatVolume detail = Volumes.From(fine, (z, y, x) => target.Plane(z)[y * fine.X + x] - cubic.Plane(z)[y * fine.X + x]);
            using var pass = new GradientPass(network);
            var executed = new float[layout.ExecutedCount];
            pass.Run(input, detail, null, 1.0 / (Samples * fine.Voxels), executed);
            var stored = new float[layout.StoredCount];
            BatchGradient.ToStored(layout, executed, stored);
            for (int i = 0; i < stored.Length; i++) gradient[i] += stored[i];
        }

        outputError /= outputs.Max(Math.Abs);
        double worst = 0;
        foreach (var (name, _, start) in layout.Tensors())
        {
            float[] wanted = Floats($"grad.{name}");
            float[] found = [.. gradient.AsSpan(start, wanted.Length).ToArray().Select(g => (float)g)];
            worst = Math.Max(worst, Volumes.RelativeError(wanted, found));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{variant} {factors}: output {outputError:0.0e0} of max|y|, worst tensor's gradient {worst:0.0e0} relative"));
        Assert.True(outputError < 1e-5, $"{outputError}");
        Assert.True(worst < 1e-4, $"{worst}");
    }

    private static float[] Part(float[] samples, int n) => samples[(n * samples.Length / Samples)..((n + 1) * samples.Length / Samples)];

    private float[] Floats(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder, name + ".f32"))).ToArray();

    private async Task ExportAsync(NetworkVariant variant, Factors factors)
    {
        string? script = null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null && script is null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "peers", "selfvision_torch.py");
            if (File.Exists(candidate)) script = candidate;
        }

        Assert.SkipWhen(script is null, "There is no shared/peers/selfvision_torch.py beside the repository; NetworkParityTests needs none.");
        var start = new ProcessStartInfo("/usr/bin/python3",
            [script, "export", _folder, "--arch", variant == NetworkVariant.Public ? "public" : "paper", "--factor", factors.ToString()])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start)!;
        string output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string errors = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(python.ExitCode == 0, output + errors);
    }
}
