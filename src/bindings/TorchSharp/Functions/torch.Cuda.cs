using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static bool cuda_is_available() => cuda.is_available();

    public static partial class cuda
    {
        /// <summary>Whether libtorch was built for CUDA and finds a device.</summary>
        public static bool is_available() => device_count() > 0;

        public static int device_count() => LibTorch.cuda_device_count();

        public static void manual_seed(long seed) => random.manual_seed(seed).Dispose();

        public static void manual_seed_all(long seed) => manual_seed(seed);

        /// <summary>Waits until a device has done what it was given.</summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no CUDA device.</exception>
        public static void synchronize(Device? device = null) => LibTorch.Check(LibTorch.cuda_synchronize(device?.index ?? -1));
    }
}
