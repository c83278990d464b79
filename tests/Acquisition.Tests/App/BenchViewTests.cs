using System.Text.Json;
using Acquisition.App.Benchmarking;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Benchmarking;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class BenchViewTests
{
    private static readonly Machine Desk = new("Some Processor", 2, [512, 256], ".NET 10.0", "processor (some kernels)");

    /// <summary>Figures as wide as they get, and layers with long names.</summary>
    private static readonly BenchmarkReport Report = new(
        Desk, new FmaPeak(125, 512), 5, "PyTorch 1.13.1",
        [
            Kernel("12 → 12, 3³", 4, KernelPass.Forward, 4), Kernel("12 → 12, 3³", 4, KernelPass.InputGradient, 4),
            Kernel("12 → 12, 3³", 4, KernelPass.WeightGradient, 4), Kernel("12 → 12, 3³", 4, KernelPass.Forward, 32),
            Kernel("12 → 12, 3³", 4, KernelPass.Forward, 4, "direct"),
            Kernel("6 → 6, 3³, 3 groups", 4, KernelPass.Forward, 4), Kernel("1 → 16, 5³", 1, KernelPass.WeightGradient, 4),
        ],
        [
            new(NetworkVariant.Public, WorkKind.TrainingStep, "step, 8 × (4×32×32)", 2e9, [new(20, 40), new(20, 44)], 16, [new(30, 20), new(30, 22)], [new(400, 400), new(300, 300)]),
            new(NetworkVariant.Paper, WorkKind.Inference, "inference, 32×128×128", 1e11, [new(1234.5, 1250)], 16, [new(2000, 1000)], [new(12_345, 20_000)]),
        ]);

    [Fact]
    public void Tables_show_rates_shares_ratios_and_gains_and_fit_100_columns()
    {
        string text = Shown(screen => BenchView.Show(Report, screen));

        Assert.Contains("125.0 GFLOP/s in multiply-adds on 512 bits", text, StringComparison.Ordinal);
        // 1 GFLOP in 10 ms, half of it done.
        Assert.Matches("│ 12 → 12, 3³ .4×. +│ Winograd +│ +100.0  40 % │", text);
        Assert.Matches("│   or +│ direct +│ +100.0  40 % │ +│", text);
        Assert.Contains("each in turn with PyTorch 1.13.1", text, StringComparison.Ordinal);
        Assert.Contains("17.5", text, StringComparison.Ordinal); // (400 + 300) / 2 / 20
        Assert.Contains("15.0 to 20.0", text, StringComparison.Ordinal);
        Assert.Contains("2.00", text, StringComparison.Ordinal); // 42 / 21
        Assert.DoesNotContain("…", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
        // A cell that wraps adds a line: three borders and a header of two lines, or of one, beside the rows.
        Assert.Equal(3 + (1 + 5 + 4) + (1 + 5 + 4) + (1 + 4 + 2), text.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Without_PyTorch_the_reason_stands_in_one_line()
    {
        BenchmarkReport report = Report with { Torch = "there is no /usr/bin/python3", Work = [.. Report.Work.Select(work => work with { Torch = [] })] };
        string text = Shown(screen => BenchView.Show(report, screen));
        Assert.Contains("without PyTorch: there is no /usr/bin/python3", text, StringComparison.Ordinal);
        Assert.Contains("–", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_papers_job_stands_beside_the_papers_times()
    {
        string text = Shown(screen => screen.Console.Write(PaperJobView.Of(Job)));
        Assert.Contains("256×256×38 to 1024×1024×152", text, StringComparison.Ordinal);
        Assert.Matches("training +│ +44.5 s │ +360.0 s", text);
        Assert.Matches("inference +│ +14.0 s │ +62.0 s", text);
        Assert.Matches("peak memory, of 4 GiB allowed +│ +1.50 GiB", text);
        Assert.Matches("stage 2 of 2: judged, and restored for the next +│ +3.0 s", text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
    }

    [Fact]
    public void The_file_holds_the_same_figures_with_their_units()
    {
        using JsonDocument parts = JsonDocument.Parse(BenchJson.Of(Report)), job = JsonDocument.Parse(BenchJson.Of(Job));
        JsonElement kernel = parts.RootElement.GetProperty("kernels")[0], work = parts.RootElement.GetProperty("work")[0];
        Assert.Equal(512, parts.RootElement.GetProperty("machine").GetProperty("vector_bits")[0].GetInt32());
        Assert.Equal(125, parts.RootElement.GetProperty("peak").GetProperty("gflop_per_second").GetDouble());
        Assert.Equal("forward", kernel.GetProperty("pass").GetString());
        Assert.Equal(100, kernel.GetProperty("gflop_per_second").GetDouble(), 1e-9);
        Assert.Equal(0.4, kernel.GetProperty("fraction_of_peak").GetDouble(), 1e-9);
        Assert.Equal([4, 32, 32], kernel.GetProperty("extent").EnumerateArray().Select(axis => axis.GetInt32()));
        Assert.Equal("training_step", work.GetProperty("kind").GetString());
        Assert.Equal(17.5, work.GetProperty("processor_ratio").GetDouble(), 1e-9);
        Assert.Equal(44, work.GetProperty("one_thread")[1].GetProperty("wall_ms").GetDouble());
        Assert.Equal(44.5, job.RootElement.GetProperty("training_s").GetDouble());
        Assert.Equal(62, job.RootElement.GetProperty("paper_inference_s").GetDouble());
    }

    private static PaperJobResult Job => new(
        Desk, PaperJob.PaperVolume, new VolumeShape(152, 1024, 1024), 1500, 2, TimeSpan.FromSeconds(44.5), TimeSpan.FromSeconds(14),
        [new("prepared", TimeSpan.FromSeconds(1)), new("stage 2 of 2: judged, and restored for the next", TimeSpan.FromSeconds(3))], 3L << 29, 35, 34, 0.001);

    private static KernelTiming Kernel(string layer, int count, KernelPass pass, int planes, string form = "Winograd F(4×4, 3×3)") =>
        new(NetworkVariant.Public, layer, count, form, form != "direct", new VolumeShape(planes, 32, 32), pass, 1e9, 5e8, new RunTime(10, 12), 125);

    private static string Shown(Action<Screen> show)
    {
        using StringWriter output = new();
        var screen = new Screen(output, TextWriter.Null, isTerminal: false);
        screen.Console.Profile.Width = 100;
        show(screen);
        return output.ToString();
    }
}
