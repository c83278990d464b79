using Acquisition.App.Terminal;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class ProgressLineTests
{
    [Fact]
    public void Outside_a_terminal_news_come_at_most_every_five_seconds_and_nothing_new_every_fifteen()
    {
        using StringWriter output = new();
        var clock = new ManualClock();
        using (var line = new ProgressLine(new Screen(output, TextWriter.Null, isTerminal: false), clock))
        {
            foreach (string text in (string[])["zero", "one", "two", "three", "four", "five", "six", "six", "six", "six"])
            {
                line.Report(text);
                clock.Advance(text == "six" ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(["[    0.0 s] zero", "[    5.0 s] five", "[   11.0 s] six"], output.ToString().TrimEnd().Split('\n').Select(l => l.TrimEnd()));
    }

    [Fact]
    public void What_is_reported_cannot_move_the_cursor()
    {
        using StringWriter output = new();
        using (var line = new ProgressLine(new Screen(output, TextWriter.Null, isTerminal: false), new ManualClock())) line.Report("a\u001b[2Jb");
        Assert.Equal("[    0.0 s] a [2Jb", output.ToString().TrimEnd());
    }
}
