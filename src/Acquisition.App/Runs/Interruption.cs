using System.Runtime.InteropServices;

namespace Acquisition.App.Runs;

/// <summary>Turns Ctrl-C and SIGTERM into an orderly end: the first ends the scan, the second restoration too, the third the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abandon = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _notes;
    private readonly Action _beforeKilled;
    private int _signals;

    /// <param name="notes">Where a person reads what a signal does.</param>
    /// <param name="beforeKilled">Last chance before the process ends at once; must return soon.</param>
    /// <param name="receives">Whether there is a scan to end; without one, the first signal is taken for the second.</param>
    public Interruption(TextWriter notes, Action beforeKilled, bool receives = true)
    {
        _signals = receives ? 0 : 1;
        _notes = notes;
        _beforeKilled = beforeKilled;
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
    }

    /// <summary>Ends the scan; what came is stored and restored.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Ends restoration as well; what is not restored stays stored.</summary>
    public CancellationToken Abandon => _abandon.Token;

    /// <summary>Ends the scan as the first signal does.</summary>
    public void StopNow() => _stop.Cancel();

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _abandon.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                context.Cancel = true;
                _notes.WriteLine("acquisition: ending the scan; what came is stored and restored. Once more leaves the rest unrestored.");
                _stop.Cancel();
                break;
            case 2:
                context.Cancel = true;
                _notes.WriteLine("acquisition: ending restoration; what is not restored stays stored. Once more ends the program at once.");
                _abandon.Cancel();
                break;
            default:
                _beforeKilled(); // the signal then takes its default course
                break;
        }
    }
}
