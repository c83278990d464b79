using System.Runtime.InteropServices;
using Acquisition.Core;

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

    /// <summary>Runs what nobody can take over: a device's failure ends it, in words for people.</summary>
    /// <param name="device">What computes, for people.</param>
    /// <param name="remedy">A sentence: what would take less memory.</param>
    /// <exception cref="RestorationException">The device failed.</exception>
    public static T Final<T>(string device, string remedy, Func<T> work)
    {
        try
        {
            return Guard(work);
        }
        catch (DeviceException failure)
        {
            throw failure.Explained(device, remedy);
        }
    }

    /// <summary>The failure as what a person is told.</summary>
    /// <param name="device">What computes, for people.</param>
    /// <param name="remedy">A sentence: what would take less memory.</param>
    public RestorationException Explained(string device, string remedy) => new(
        isOutOfMemory
            ? $"{device} lacks the memory for this. {remedy} It says: {Message}"
            : $"{device} failed: {Message}",
        this);

    private static bool IsMemory(string message) =>
        message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || message.Contains("can't allocate memory", StringComparison.Ordinal)
        || message.Contains("ALLOC_FAILED", StringComparison.Ordinal);

    private static bool IsLoss(string message) => SignsOfLoss.Any(sign => message.Contains(sign, StringComparison.Ordinal));

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
