using TorchSharp.Extras;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>How much of a graphics card's memory work may take.</summary>
internal static class DeviceMemory
{
    /// <summary>Libraries and other programs want some, too.</summary>
    private const double Share = 0.8;

    public static long Budget(Device device) => (long)(Share * FreeBytes(device)!.Value);

    /// <summary>What nobody holds of a card now.</summary>
    /// <returns><see langword="null"/> where nothing tells that.</returns>
    public static long? FreeBytes(Device device) => DeviceException.Guard(() => CudaMemory.Of(Math.Max(0, device.index)).FreeBytes);
}
