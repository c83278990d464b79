using System.Text;
using Spectre.Console;

namespace Acquisition.App.Terminal;

/// <summary>Where the program speaks to people.</summary>
internal sealed class Screen
{
    /// <summary>Columns of a table that goes into a file; a terminal's own width otherwise.</summary>
    private const int FileWidth = 140;

    /// <param name="isTerminal">Whether output can be redrawn in place.</param>
    public Screen(TextWriter output, TextWriter error, bool isTerminal)
    {
        Output = output;
        Error = error;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        IsTerminal = isTerminal && Console.Profile.Capabilities.Ansi;
        if (!IsTerminal) Console.Profile.Width = FileWidth;
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public IAnsiConsole Console { get; }

    public bool IsTerminal { get; }

    /// <summary>The process's own output and error.</summary>
    public static Screen OfProcess()
    {
        if (OperatingSystem.IsWindows()) System.Console.OutputEncoding = Encoding.UTF8;
        return new Screen(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected);
    }

    /// <summary>Says on the error output what went wrong; the text may come from anywhere.</summary>
    public void Complain(string text) => Error.WriteLine($"acquisition: {TerminalText.Plain(text)}");
}
