using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Scoring;
using Acquisition.App.Terminal;
using Acquisition.Core;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition score</c>: compares a finished run with originals.</summary>
internal static class ScoreCommand
{
    public static Command Create(Screen screen)
    {
        var run = new Argument<string>("RUN") { Description = "The run folder." };
        var truth = new Option<string>("--truth") { Description = "Folder with the originals, t000_c0.tif and so on.", HelpName = "FOLDER", Required = true };
        var command = new Command("score", "Scores a finished run against originals and adds the scores to its report.") { run, truth };
        command.SetAction(parsed => Score(Path.GetFullPath(parsed.GetValue(run)!), Path.GetFullPath(parsed.GetValue(truth)!), screen));
        return command;
    }

    private static int Score(string folder, string truth, Screen screen)
    {
        if (!File.Exists(RunFiles.Report(folder)))
        {
            screen.Complain($"'{folder}' is no finished run: it has no report.json; give the folder that 'acquisition run' named in its last line");
            return ExitCode.Usage;
        }

        if (!Directory.Exists(truth))
        {
            screen.Complain($"--truth is '{truth}', which is no folder; give the one that the simulator was given with --truth");
            return ExitCode.Usage;
        }

        // The folders in the run's settings may have moved since; only the restoration matters here.
        ConfigReading reading = Read(RunFiles.Settings(folder));
        if (reading.Config is not { } config) return Faults.Show(reading, screen);
        try
        {
            RunReport report = RunScorer.Score(folder, truth, config.Restoration.BackProjections, config.Restoration.Threads);
            screen.Console.Write(ResultView.Scores(report.Scores!));
            screen.Output.WriteLine($"report: {RunFiles.Report(folder)}");
            return ExitCode.Ok;
        }
        catch (AcquisitionException error)
        {
            screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    private static ConfigReading Read(string path) => ConfigReader.ReadFile(path, [], ConfigChecks.None);
}
