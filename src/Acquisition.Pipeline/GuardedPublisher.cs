using Acquisition.Core;

namespace Acquisition.Pipeline;

/// <summary>Keeps faults of the network away from the scan: the first is told, and storage goes on.</summary>
/// <param name="warn">Told once, on the thread that published.</param>
internal sealed class GuardedPublisher(IVolumePublisher inner, Action<string> warn) : IVolumePublisher
{
    private int _faults;

    public long RefusedClients => inner.RefusedClients;

    public void Publish(RestoredVolume volume) => Guard(() => inner.Publish(volume));

    public void Publish(RunStatus status) => Guard(() => inner.Publish(status));

    private void Guard(Action publish)
    {
        try
        {
            publish();
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            if (Interlocked.Increment(ref _faults) == 1)
                warn($"Publishing failed and may go on failing; what is stored is not affected: {fault.Message}");
        }
    }
}
