using System.CommandLine;
using Acquisition.App.Benchmarking;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Restoration.Benchmarking;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition bench</c>: how fast this machine restores.</summary>
internal sealed class BenchCommand
{
    private readonly Option<int?> _threads = WholeNumberOption.Create(
        "--threads", 1, 256, "Threads of the paper's job, and those that steps and inference are timed on beside one. Default: one per processor.");

    private readonly Option<int?> _rounds = WholeNumberOption.Create(
        "--rounds", 1, 1000, "How often everything is timed in turn, also with PyTorch; medians are shown. Default: 5.");

    private readonly Option<bool> _paper = new("--paper")
    {
        Description = "Do the whole job that He et al. 2023 give times for instead: 256×256×38 to 1024×1024×152 (x×y×z), 1500 steps a stage.",
    };

    private readonly Option<int?> _steps = WholeNumberOption.Create(
        "--steps", 1, 100_000, "Training steps a stage of the paper's job; fewer are a first look. Default: 1500.");

    private readonly Option<string?> _json = new("--json") { Description = "Write the figures to this file as well.", HelpName = "FILE" };

    private readonly Screen _screen;

    private BenchCommand(Screen screen) => _screen = screen;

    public static Command Create(Screen screen)
    {
        var bench = new BenchCommand(screen);
        var command = new Command("bench", "Measures how fast this machine tunes and restores: kernels, training steps, inference, beside PyTorch where it is installed.")
        {
            bench._threads, bench._rounds, bench._paper, bench._steps, bench._json,
        };
        command.Validators.Add(parsed =>
        {
            bool isPaper = parsed.GetValue(bench._paper);
            if (!isPaper && parsed.GetResult(bench._steps) is not null) parsed.AddError("--steps belongs to the paper's job; give --paper as well");
            if (isPaper && parsed.GetResult(bench._rounds) is not null) parsed.AddError("--rounds does not go with --paper, which does its job once");
            if (parsed.GetValue(bench._json) is { } file && FaultOf(file) is { } fault) parsed.AddError($"--json is '{file}', {fault}");
        });
        command.SetAction(parsed => bench.Run(parsed));
        return command;
    }

    /// <summary>What speaks against writing there, found before minutes are spent on measuring.</summary>
    private static string? FaultOf(string file)
    {
        if (file.Length == 0 || Directory.Exists(file)) return "which is no name of a file";
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Directory.Exists(folder) ? null : $"but there is no folder '{folder}'";
    }

    private int Run(ParseResult parsed)
    {
        try
        {
            _screen.Output.WriteLine(BenchView.Introduction(Machine.Current));
            return parsed.GetValue(_paper)
                ? RunPaper(parsed.GetValue(_steps) ?? PaperJob.PaperSteps, parsed.GetValue(_threads) ?? Environment.ProcessorCount, parsed.GetValue(_json))
                : RunParts(parsed);
        }
        catch (AcquisitionException error)
        {
            _screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    private int RunParts(ParseResult parsed)
    {
        var plan = new BenchmarkPlan();
        if (parsed.GetValue(_threads) is { } threads) plan = plan with { Threads = threads };
        if (parsed.GetValue(_rounds) is { } rounds) plan = plan with { Rounds = rounds };
        BenchmarkReport report;
        using (var progress = new ProgressLine(_screen, TimeProvider.System)) report = EngineBenchmark.Run(plan, progress);
        BenchView.Show(report, _screen);
        if (parsed.GetValue(_json) is { } file) BenchJson.Write(file, BenchJson.Of(report));
        return ExitCode.Ok;
    }

    private int RunPaper(int steps, int threads, string? file)
    {
        PaperJobResult result;
        using (var progress = new ProgressLine(_screen, TimeProvider.System))
            result = PaperJob.Run(PaperJob.PaperVolume, steps, threads, progress, CancellationToken.None);
        _screen.Console.Write(PaperJobView.Of(result));
        if (file is not null) BenchJson.Write(file, BenchJson.Of(result));
        if (result.PeakBytes <= PaperJobResult.MemoryLimitBytes) return ExitCode.Ok;
        _screen.Complain($"the job held more than {PaperJobResult.MemoryLimitBytes >> 30} GiB");
        return ExitCode.Failed;
    }
}
