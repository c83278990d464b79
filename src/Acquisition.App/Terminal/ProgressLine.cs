using System.Globalization;

namespace Acquisition.App.Terminal;

/// <summary>Where a long piece of work stands: one line that is redrawn in a terminal, a line every few seconds elsewhere.</summary>
/// <remarks>Also redrawn without news, so that a person sees that the program lives. Reports may come from any thread.</remarks>
internal sealed class ProgressLine : IProgress<string>, IDisposable
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SameLineEvery = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Screen _screen;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private TimeSpan _lastLine;
    private string _lastText = "";
    private string _text = "";

    public ProgressLine(Screen screen, TimeProvider time)
    {
        (_screen, _time) = (screen, time);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Show(null), null, RedrawEvery, RedrawEvery);
    }

    public void Report(string value) => Show(value);

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            if (_screen.IsTerminal && _text.Length > 0) _screen.Output.Write("\r\u001b[K");
            _text = ""; // a timer that was already under way shows nothing more
        }
    }

    private void Show(string? news)
    {
        lock (_gate)
        {
            _text = news ?? _text;
            if (_text.Length == 0) return;
            TimeSpan elapsed = _time.GetElapsedTime(_start);
            string line = string.Create(CultureInfo.InvariantCulture, $"[{elapsed.TotalSeconds,7:0.0} s] {TerminalText.Plain(_text)}");
            if (_screen.IsTerminal)
            {
                int width = _screen.Console.Profile.Width - 1;
                _screen.Output.Write($"\r\u001b[K{(line.Length > width ? line[..width] : line)}");
            }
            else if (_lastText.Length == 0 || elapsed - _lastLine >= (_text == _lastText ? SameLineEvery : LineEvery))
            {
                (_lastLine, _lastText) = (elapsed, _text);
                _screen.Output.WriteLine(line);
            }
        }
    }
}
