using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Network;
using Acquisition.Restoration.Streaming;
using Acquisition.Restoration.Threading;
using Acquisition.Restoration.Training;

namespace Acquisition.Torch.Falling;

/// <summary>A backend that may fail, and one that takes over when it does, in the middle of work and for good.</summary>
/// <param name="reserve"><see langword="null"/> where nothing can take over: a failure then ends the work, and the next work begins with the
/// same backend.</param>
/// <param name="tell">Told once, on the thread that met the failure, what was lost and what goes on.</param>
internal sealed class FallbackBackend(INetworkBackend first, INetworkBackend? reserve, Action<string>? tell) : INetworkBackend
{
    private const string Remedy = "Close other programs, or set restoration.activation_budget_mib, batch_size or crop_edge_px to less.";

    private int _isLost;

    public string Name => IsLost ? $"{reserve!.Name}, since {first.Name} failed" : first.Name;

    /// <summary>Whether the reserve has taken over.</summary>
    public bool IsLost => Volatile.Read(ref _isLost) != 0;

    public INetwork Open(NetworkLayout layout, int planes) => new FallbackNetwork(this, layout, backend => backend.Open(layout, planes));

    public IBatchGradient OpenGradient(NetworkLayout layout, int planes, TrainingSet set, int threads, ThreadBudget budget) =>
        new FallbackGradient(this, backend => backend.OpenGradient(layout, planes, set, threads, budget));

    public IDetailStream? TryOpenStream(
        NetworkVariant variant, TunedStage stage, VolumeShape shape, RestorationOptions options, WorkTeam team, PlaneReceiver receiver) =>
        (IsLost ? reserve! : first).TryOpenStream(variant, stage, shape, options, team, receiver);

    /// <summary>Does work on what a backend opened, and again on the reserve's when the first one fails.</summary>
    /// <param name="current">Replaced by the reserve's.</param>
    /// <exception cref="RestorationException">The first one fails, and there is no reserve.</exception>
    public TResult Run<T, TResult>(ref T? current, ref bool isReserve, Func<INetworkBackend, T> open, Func<T, TResult> work) where T : class, IDisposable
    {
        if (!IsLost)
        {
            try
            {
                return work(current ??= open(first));
            }
            catch (DeviceException failure)
            {
                if (reserve is null) throw failure.Explained(first.Name, Remedy);
                if (Interlocked.Exchange(ref _isLost, 1) == 0) tell?.Invoke($"{first.Name} failed and is not used any more: {failure.Message} {reserve.Name} goes on.");
            }
        }
        if (!isReserve)
        {
            current?.Dispose();
            current = null;
            isReserve = true;
        }
        return work(current ??= open(reserve!));
    }
}
