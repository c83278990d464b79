using Acquisition.App.Terminal;
using Spectre.Console;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("488 nm, Ärmel µm ✓", "488 nm, Ärmel µm ✓")]
    [InlineData("a\u001b[2Jb", "a [2Jb")]
    [InlineData("one\r\ntwo\tthree\0", "one  two three ")]
    [InlineData("\u009b31m", " 31m")]
    [InlineData("gpj\u202ecod\u2066", "gpj cod ")]
    [InlineData("a\u2028b", "a b")]
    public void What_could_steer_a_terminal_becomes_a_space(string text, string shown) => Assert.Equal(shown, TerminalText.Plain(text));

    [Theory]
    [InlineData("[red]alarm[/]")]
    [InlineData("[/]")]
    [InlineData("[[")]
    public void Markup_is_shown_as_it_is_written(string text)
    {
        using var output = new StringWriter();
        new Screen(output, TextWriter.Null, isTerminal: false).Console.Write(new Markup(TerminalText.Escaped(text)));
        Assert.Equal(text, output.ToString().TrimEnd());
    }
}
