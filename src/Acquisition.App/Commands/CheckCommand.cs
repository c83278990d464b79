using System.CommandLine;
using Acquisition.App.Configuration;
using Acquisition.App.Terminal;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition check</c>: says what a configuration means, or everything that is wrong with it.</summary>
internal static class CheckCommand
{
    public static Command Create(Screen screen)
    {
        var file = new Argument<string>("FILE") { Description = "The configuration to check." };
        var command = new Command("check", "Checks a configuration and says in words what it means. Starts nothing.") { file };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            ConfigReading reading = ConfigReader.ReadFile(path);
            if (reading.Config is not { } config) return Faults.Show(reading, screen);
            screen.Output.WriteLine($"{TerminalText.Plain(path)} is valid.");
            foreach (string sentence in ConfigMeaning.Of(config)) screen.Output.WriteLine($"- {TerminalText.Plain(sentence)}");
            screen.Output.WriteLine();
            screen.Output.Write(ConfigReference.Values(config));
            return ExitCode.Ok;
        });
        return command;
    }
}
