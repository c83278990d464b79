using TorchSharp.Native;

namespace TorchSharp.Extras;

/// <summary>What the package lacks: how full a device is. Code that must build with the package too cannot use it.</summary>
public static class CudaMemory
{
    /// <summary>Bytes that are free on a device, and all that it has. What libtorch holds in its own cache does not count as free.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such device, or this libtorch knows none.</exception>
    public static (long FreeBytes, long TotalBytes) Of(int device = 0)
    {
        LibTorch.Check(LibTorch.cuda_memory(device, out nuint free, out nuint total));
        return ((long)free, (long)total);
    }
}
