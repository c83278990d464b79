using System.Runtime.InteropServices;

namespace Acquisition.App.Runs;

/// <summary>Turns Ctrl-C and SIGTERM into an orderly end; a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _onFirst;
    private readonly Action _onSecond;
    private int _signals;

    /// <param name="onFirst">Tells the person what happens now; called on a thread of its own.</param>
    /// <param name="onSecond">Last chance before the process ends; must return soon.</param>
    public Interruption(Action onFirst, Action onSecond)
    {
        _onFirst = onFirst;
        _onSecond = onSecond;
        _registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM)];
    }

    public CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _cancel.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _onSecond(); // the signal then takes its default course
            return;
        }

        context.Cancel = true;
        _onFirst();
        _cancel.Cancel();
    });
}
