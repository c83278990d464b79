using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType _defaultType = ScalarType.Float32;
    private static Device? _defaultDevice;

    /// <summary>libtorch's version.</summary>
    public static string __version__ => LibTorch.Version;

    public static ScalarType get_default_dtype() => _defaultType;

    /// <exception cref="ArgumentException">It is none of real numbers.</exception>
    public static void set_default_dtype(ScalarType dtype) => _defaultType = dtype.IsFloatingPoint()
        ? dtype
        : throw new ArgumentException("only floating-point types are supported as the default type");

    public static Device get_default_device() => _defaultDevice ?? CPU;

    public static void set_default_device(Device device) => _defaultDevice = device ?? throw new ArgumentNullException(nameof(device));

    public static int get_num_threads() => LibTorch.torch_get_num_threads();

    /// <summary>How many threads one operator may use; libtorch's default differs from build to build.</summary>
    public static void set_num_threads(int num) => LibTorch.Check(LibTorch.torch_set_num_threads(num));

    public static int get_num_interop_threads() => LibTorch.torch_get_num_interop_threads();

    public static void set_num_interop_threads(int num) => LibTorch.Check(LibTorch.torch_set_num_interop_threads(num));
}
