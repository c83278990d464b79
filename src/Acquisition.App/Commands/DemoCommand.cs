using System.CommandLine;
using System.Globalization;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Terminal;
using Acquisition.Core;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition demo</c>: a whole run with a simulated microscope, scored against what the microscope saw.</summary>
internal sealed class DemoCommand
{
    /// <summary>Photoelectrons in the brightest spot of made-up neurites. At 200, a fast light sheet's, shot noise outweighs the
    /// detail that undersampling loses, and no restoration that keeps to the samples beats smooth interpolation.</summary>
    private const string BrightPhotons = "20000";

    private readonly Argument<string?> _path = new("PATH")
    {
        Description = "A TIFF stack, or a folder of them, to undersample and scan. Left out, brightly lit made-up neurites are scanned.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<Factors> _factor = new("--factor")
    {
        Description = "How many times fewer samples the microscope takes on each axis: 1, 2 or 4.",
        HelpName = "z,y,x",
        DefaultValueFactory = _ => new Factors(2, 2, 2),
    };

    private readonly Option<string?> _simulator = new("--simulator")
    {
        Description = $"The simulator's program; {SimulatorProgram.Variable} does the same.",
        HelpName = "EXE",
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder for what comes of it.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "runs",
    };

    private readonly Option<string?> _steps = new("--steps") { Description = "Training steps, as restoration.steps; fewer are faster.", HelpName = "N" };


    private readonly Option<int> _timePoints = new("--timepoints")
    {
        Description = "Volumes of made-up neurites, or how many times PATH is played.",
        HelpName = "N",
        DefaultValueFactory = result => result.GetValue<string?>("PATH") is null ? 3 : 1,
    };

    private readonly Option<bool> _asIs = new("--as-is")
    {
        Description = "Send PATH in its own units. Otherwise its percentiles 0.1 and 99.99 are stretched to 16 bits first: "
            + "shrinking gains precision that rounding to few grey values would lose again, and published comparisons do the same.",
    };

    private readonly Option<string?> _viewer = ViewerOption.Create();

    private readonly Screen _screen;

    private DemoCommand(Screen screen)
    {
        _screen = screen;
        _factor.CustomParser = FactorOption.Parse;
        _timePoints.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() < 1) result.AddError("--timepoints must be at least 1");
        });
    }

    public static Command Create(Screen screen)
    {
        var demo = new DemoCommand(screen);
        var command = new Command("demo", "Scans with a simulated microscope, restores what it undersampled and compares with what it left out.")
        {
            demo._path, demo._factor, demo._simulator, demo._output, demo._steps, demo._timePoints, demo._asIs, demo._viewer,
        };
        command.SetAction((parsed, _) => demo.RunAsync(parsed));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        string folder = Path.GetFullPath(Path.Combine(
            parsed.GetValue(_output)!, string.Create(CultureInfo.InvariantCulture, $"demo-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}")));
        string truth = Path.Combine(folder, "truth");
        try
        {
            // Everything a person can get wrong is checked before anything starts; the address is known only after that.
            ConfigReading trial = Configure("tcp://127.0.0.1:5555", folder, truth, parsed, ConfigChecks.None);
            if (trial.Config is null) return Faults.Show(trial, _screen);
            string program = SimulatorProgram.Find(
                parsed.GetValue(_simulator), Environment.GetEnvironmentVariable(SimulatorProgram.Variable), AppContext.BaseDirectory);
            if (parsed.GetValue(_path) is { } path && !Path.Exists(path))
                throw new SourceException($"PATH is '{path}', where there is no file or folder.");
            MakeFolder(truth);

            SimulatorProcess? simulator = null;
            using var interruption = new Interruption(_screen.Error, () => simulator?.Kill());
            await using (simulator = SimulatorProcess.Start(program, Arguments(parsed, truth)))
            {
                string address = await simulator.Address.WaitAsync(interruption.Stop).ConfigureAwait(false);
                ConfigReading reading = Configure(address, folder, truth, parsed, ConfigChecks.All);
                return reading.Config is { } config
                    ? await ScanAsync(config, simulator, interruption).ConfigureAwait(false)
                    : Faults.Show(reading, _screen);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Ok; // asked to end before the simulator was ready
        }
        catch (AcquisitionException error)
        {
            _screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Runs the scan; a simulator that dies ends the run instead of leaving it to wait for frames.</summary>
    private async Task<int> ScanAsync(AppConfig config, SimulatorProcess simulator, Interruption interruption)
    {
        Task<int> run = new RunSession(config, _screen, explains: false).RunAsync(interruption);
        await Task.WhenAny(run, simulator.Ended).ConfigureAwait(false);
        string? failure = interruption.Stop.IsCancellationRequested ? null : simulator.Failure;
        if (failure is not null) interruption.StopNow();
        int exitCode = await run.ConfigureAwait(false);
        if (failure is null) return exitCode;
        _screen.Complain(failure);
        return ExitCode.Failed;
    }

    private ConfigReading Configure(
        string address, string folder, string truth, ParseResult parsed, Func<AppConfig, IEnumerable<(string Path, string Message)>> check)
    {
        List<ConfigOverride> given =
        [
            new("source.address", "the simulator's address", address),
            new("storage.root", _output.Name, folder),
            new("scoring.truth", _output.Name, truth),
        ];
        given.AddRange(ViewerOption.Overrides(_viewer, parsed));
        if (parsed.GetValue(_steps) is { } steps) given.Add(new("restoration.steps", _steps.Name, steps));
        return ConfigReader.Read("", "demo", given, check);
    }

    private List<string> Arguments(ParseResult parsed, string truth)
    {
        string timePoints = parsed.GetValue(_timePoints).ToString(CultureInfo.InvariantCulture);
        List<string> arguments = parsed.GetValue(_path) is { } path
            ? ["play", path, "--repeat", timePoints]
            : ["scan", "neurites", "--timepoints", timePoints, "--moving", "--seed", "1", "--photons", BrightPhotons];
        arguments.AddRange(["--address", "tcp://127.0.0.1:*", "--pattern", "push", "--factor", parsed.GetValue(_factor).ToString(), "--truth", truth]);
        if (!parsed.GetValue(_asIs) && parsed.GetValue(_path) is not null) arguments.Add("--stretch");
        return arguments;
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The folder '{folder}' cannot be made: {error.Message} Give another one with --output.", error);
        }
    }
}
