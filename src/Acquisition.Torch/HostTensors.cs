using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Tensors in the processor's memory that volumes are copied to and from.</summary>
internal static unsafe class HostTensors
{
    /// <summary>In pages that a graphics card reads by itself, where there is one.</summary>
    public static Tensor Empty(long[] shape, Device device)
    {
        Tensor host = empty(shape, ScalarType.Float32, CPU);
        if (device.type != TorchSharp.DeviceType.CUDA) return host;
        Tensor pinned = host.pin_memory();
        host.Dispose();
        return pinned;
    }

    /// <summary>Sections, [n, 1, y, x], where a network can have them.</summary>
    public static Tensor Sections(float[] samples, int count, int height, int width, Device device)
    {
        Tensor host = empty([count, 1, height, width]);
        samples.CopyTo(Samples(host));
        return host.to(device);
    }

    /// <summary>A tensor's samples. Valid until its disposal.</summary>
    public static Span<float> Samples(Tensor host) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(host.bytes);
}
