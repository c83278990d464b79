using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Where libtorch computes: whoever opens a device opens it here.</summary>
internal static class TorchDevice
{
    /// <param name="name">As in a configuration, one that <see cref="TorchEngine.WhyUnavailable"/> has nothing against.</param>
    public static Device Open(string name)
    {
        var device = new Device(name);
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            // Nineteen bits are not what float32 promises.
            backends.cudnn.allow_tf32 = false;
            backends.cuda.matmul.allow_tf32 = false;
        }
        return device;
    }
}
