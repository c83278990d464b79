using System.CommandLine;
using Acquisition.App.Models;
using Acquisition.App.Terminal;
using Acquisition.Core;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition models</c>: what can restore, and what is in the weights of a run.</summary>
internal static class ModelsCommand
{
    public static Command Create(Screen screen)
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A run folder, or a file with weights, to be told what its models are; without one, all models that can be configured.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("models", "Tells what each model is, what it needs and is tuned on, and whether it invents.") { path };
        command.SetAction(parsed => parsed.GetValue(path) is { } given ? ShowWeights(Path.GetFullPath(given), screen) : ShowAll(screen));
        return command;
    }

    private static int ShowAll(Screen screen)
    {
        screen.Console.Write(ModelsView.All(ModelRegistry.All));
        screen.Output.WriteLine("A configuration names one as restoration.model; self-vision is the default.");
        return ExitCode.Ok;
    }

    private static int ShowWeights(string path, Screen screen)
    {
        try
        {
            string[] files = WeightsFile.Find(path);
            foreach (string file in files) screen.Console.Write(ModelsView.Weights(WeightsFile.Read(file)));
            if (files.Length == 0) screen.Output.WriteLine($"'{path}' holds no weights: nothing was tuned, or nothing that is better than what needs none.");
            return ExitCode.Ok;
        }
        catch (AcquisitionException fault)
        {
            screen.Complain(fault.Message);
            return ExitCode.Failed;
        }
    }
}
