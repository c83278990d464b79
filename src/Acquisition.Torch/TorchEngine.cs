using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Backends;
using Acquisition.Restoration.Kernels;
using Acquisition.Torch.Falling;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Self-Vision on libtorch, on the processor or a graphics card: the procedure of <see cref="CpuEngine"/>, whose models it runs and
/// which runs its own, with the same numbers within float32 rounding.</summary>
/// <remarks>
/// A graphics card restores in half precision where a model keeps 1e-3 of the largest sample that way. One whose memory is full gets smaller
/// tiles; one that fails is given up, and the processor goes on in the middle of work.
/// Streams compute a volume when its last plane has come.
/// </remarks>
public sealed class TorchEngine : SelfVisionEngine
{
    private const string Cpu = "cpu";
    private const string Cuda = "cuda";

    /// <param name="device">"cpu", "cuda" for the first graphics card, or "cuda:1" for the second and so on.</param>
    /// <param name="tell">Told once, in words for people and on the thread that works, when a graphics card was given up.</param>
    /// <exception cref="RestorationException">The device cannot be used; see <see cref="WhyUnavailable"/>.</exception>
    public TorchEngine(string device = Cpu, Action<string>? tell = null) : base(Backend(device, tell)) { }

    /// <summary>Why a device cannot be used and what to install for it; <see langword="null"/> where it can.</summary>
    public static string? WhyUnavailable(string device = Cpu)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device != Cpu && DeviceNumber(device) is null)
            return $"The device is '{device}'; accepted are '{Cpu}', '{Cuda}' and, to choose among several, '{Cuda}:0', '{Cuda}:1' and so on.";
        try
        {
            int count = cuda.device_count();
            if (DeviceNumber(device) is not { } number) return null;
            if (count > number) return null;
            return count == 0
                ? $"libtorch {__version__} finds no CUDA device. It takes NVIDIA's driver and a libtorch that was built for CUDA: install one, for instance with pip install torch, and build with LIBTORCH set to its folder (site-packages/torch)."
                : $"There is no device {device}: libtorch {__version__} finds {count}, the last one {Cuda}:{count - 1}.";
        }
        catch (Exception missing) when (missing is DllNotFoundException or NotSupportedException or TypeInitializationException)
        {
            return (missing.InnerException as DllNotFoundException ?? missing).Message;
        }
    }

    private static FallbackBackend Backend(string device, Action<string>? tell)
    {
        if (WhyUnavailable(device) is { } reason) throw new RestorationException(reason);
        // The processor cannot take over from itself: what its memory does not hold under libtorch is said instead.
        return new FallbackBackend(new TorchBackend(device), device == Cpu ? null : new CpuBackend(KernelSet.Default), tell);
    }

    private static int? DeviceNumber(string device)
    {
        if (device == Cuda) return 0;
        return device.StartsWith(Cuda + ":", StringComparison.Ordinal)
            && int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
