using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of chance with a state of its own.</summary>
    public class Generator : IDisposable
    {

        public Generator(ulong seed = 0, Device? device = null) : this(device ?? CPU, isShared: false) =>
            LibTorch.Check(LibTorch.generator_seed(Handle, seed));

        private Generator(Device device, bool isShared)
        {
            this.device = InitializeDevice(device);
            LibTorch.Check(LibTorch.generator_new(device.Code, isShared ? 1 : 0, out nint handle));
            Handle = handle;
        }

        ~Generator() => Dispose(false);

        /// <summary>The one that the processor's operators use when they are given none.</summary>
        public static Generator Default => new(CPU, isShared: true);

        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Generator manual_seed(long seed)
        {
            LibTorch.Check(LibTorch.generator_seed(Handle, (ulong)seed));
            return this;
        }

        public long initial_seed() => (long)LibTorch.generator_initial_seed(Handle);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle != 0) LibTorch.generator_release(Handle);
            Handle = 0;
        }
    }
}
