using Acquisition.Restoration.Benchmarking;
using Acquisition.Torch;
using static TorchSharp.torch;

namespace Acquisition.Benchmarks.Torch;

/// <summary>The most memory that work takes on a device: of a card, what was free before less the least that was free at any look; of a
/// processor, the most that this process held.</summary>
internal sealed class DeviceWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly Device _device;
    private readonly long _freeBefore;
    private readonly Timer? _timer;
    private readonly Lock _looking = new();
    private long _leastFree;

    public DeviceWatch(string device)
    {
        _device = new Device(device);
        if (device == "cpu") return;
        _freeBefore = _leastFree = DeviceMemory.FreeBytes(_device) ?? 0;
        _timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    public long PeakBytes
    {
        get
        {
            if (_timer is null) return ProcessMemory.PeakBytes();
            Look();
            lock (_looking) return _freeBefore - _leastFree;
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        long free = DeviceMemory.FreeBytes(_device) ?? 0;
        lock (_looking) _leastFree = Math.Min(_leastFree, free);
    }
}
