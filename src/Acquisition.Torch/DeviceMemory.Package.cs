using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>How much of a graphics card's memory work may take. The package cannot tell how full a device is, so this is what the smallest
/// card in use leaves; a fuller one is met by smaller tiles.</summary>
internal static class DeviceMemory
{
    public static long Budget(Device device) => 2L << 30;

    /// <summary>What nobody holds of a card now: the package does not tell.</summary>
    public static long? FreeBytes(Device device) => null;
}
