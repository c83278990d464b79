using TorchSharp.Extras;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>How much of a graphics card's memory work may take.</summary>
internal static class DeviceMemory
{
    /// <summary>Libraries and other programs want some, too.</summary>
    private const double Share = 0.8;

    public static long Budget(Device device) =>
        DeviceException.Guard(() => (long)(Share * CudaMemory.Of(Math.Max(0, device.index)).FreeBytes));
}
