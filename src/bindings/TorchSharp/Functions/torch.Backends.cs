using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                /// <summary>Whether products of matrices may round float32 to 10 bits on a graphics card.</summary>
                public static bool allow_tf32
                {
                    get => LibTorch.cuda_allows_tf32(0) != 0;
                    set => LibTorch.Check(LibTorch.cuda_allow_tf32(0, value ? 1 : 0));
                }
            }
        }

        public static partial class cudnn
        {
            /// <summary>Whether convolutions may round float32 to 10 bits on a graphics card; they do unless this is said.</summary>
            public static bool allow_tf32
            {
                get => LibTorch.cuda_allows_tf32(1) != 0;
                set => LibTorch.Check(LibTorch.cuda_allow_tf32(1, value ? 1 : 0));
            }
        }
    }
}
