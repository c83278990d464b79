using System.Runtime.InteropServices;

namespace Acquisition.Torch;

/// <summary>A device refused work that it should have done: its memory is full, or it is gone.</summary>
internal sealed class DeviceException(string message, bool isOutOfMemory, Exception? inner = null) : Exception(message, inner)
{
    private static readonly string[] SignsOfLoss = ["CUDA error", "CUDA driver", "cuDNN error", "CUDNN_STATUS", "CUBLAS_STATUS", "No CUDA GPUs", "NVML"];

    /// <summary>Whether less at a time might be possible.</summary>
    public bool IsOutOfMemory => isOutOfMemory;

    /// <summary>Runs what libtorch does, and tells a device's failures apart from mistakes.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException failure) when (IsMemory(failure.Message) || IsLoss(failure.Message))
        {
            throw new DeviceException(FirstLine(failure.Message), IsMemory(failure.Message), failure);
        }
    }

    private static bool IsMemory(string message) =>
        message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("can't allocate memory", StringComparison.Ordinal)
        || message.Contains("ALLOC_FAILED", StringComparison.Ordinal);

    private static bool IsLoss(string message) => SignsOfLoss.Any(sign => message.Contains(sign, StringComparison.Ordinal));

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
