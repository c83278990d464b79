using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>The C interface of Native/TorchExtern.cpp. Functions that return an int return 0, or 1 after an error, unless they are questions.</summary>
internal static unsafe partial class LibTorch
{
    private const string Name = ExternLibrary.ImportName;

    static LibTorch() => ExternLibrary.Register();

    [LibraryImport(Name)]
    private static partial byte* torch_error();

    [LibraryImport(Name)]
    private static partial byte* torch_version();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int torch_find(string name, string overload, out nint found);

    [LibraryImport(Name)]
    public static partial int torch_call(nint op, NativeValue* arguments, int count, NativeValue* results, int room);

    [LibraryImport(Name)]
    public static partial void tensor_release(nint tensor);

    [LibraryImport(Name)]
    public static partial nint tensor_retain(nint tensor);

    [LibraryImport(Name), SuppressGCTransition]
    public static partial int tensor_information(nint tensor, TensorInformation* information);

    [LibraryImport(Name)]
    public static partial int tensor_data(nint tensor, out nint data);

    [LibraryImport(Name)]
    public static partial int tensor_is_pinned(nint tensor, out int result);

    [LibraryImport(Name)]
    public static partial int tensor_from_blob(
        nint data, long* sizes, int dimensions, int type, delegate* unmanaged<nint, void> free, nint owner, out nint result);

    [LibraryImport(Name)]
    public static partial int tensor_set_requires_grad(nint tensor, int value);

    [LibraryImport(Name)]
    public static partial int tensor_retain_grad(nint tensor);

    [LibraryImport(Name)]
    public static partial int tensor_grad(nint tensor, out nint grad);

    [LibraryImport(Name)]
    public static partial int tensor_set_grad(nint tensor, nint grad);

    [LibraryImport(Name)]
    public static partial int autograd_backward(
        nint* tensors, int count, nint* grads, int gradCount, int retain, int create, nint* inputs, int inputCount);

    [LibraryImport(Name)]
    public static partial int autograd_grad(nint* outputs, int count, nint* inputs, int inputCount, nint* grads, int gradCount,
        int retain, int create, int allowUnused, nint* results);

    [LibraryImport(Name)]
    public static partial int grad_mode_is_enabled();

    [LibraryImport(Name)]
    public static partial void grad_mode_set_enabled(int value);

    [LibraryImport(Name)]
    public static partial int inference_mode_is_enabled();

    [LibraryImport(Name)]
    public static partial nint inference_mode_enter(int value);

    [LibraryImport(Name)]
    public static partial void inference_mode_leave(nint guard);

    [LibraryImport(Name)]
    public static partial int torch_get_num_threads();

    [LibraryImport(Name)]
    public static partial int torch_set_num_threads(int count);

    [LibraryImport(Name)]
    public static partial int torch_get_num_interop_threads();

    [LibraryImport(Name)]
    public static partial int torch_set_num_interop_threads(int count);

    [LibraryImport(Name)]
    public static partial int torch_manual_seed(ulong seed);

    [LibraryImport(Name)]
    public static partial int generator_new(long device, int share, out nint generator);

    [LibraryImport(Name)]
    public static partial void generator_release(nint generator);

    [LibraryImport(Name)]
    public static partial int generator_seed(nint generator, ulong seed);

    [LibraryImport(Name)]
    public static partial ulong generator_initial_seed(nint generator);

    [LibraryImport(Name)]
    public static partial int cuda_device_count();

    [LibraryImport(Name)]
    public static partial int cuda_synchronize(int device);

    [LibraryImport(Name)]
    public static partial int cuda_allows_tf32(int isConvolution);

    [LibraryImport(Name)]
    public static partial int cuda_allow_tf32(int isConvolution, int value);

    [LibraryImport(Name)]
    public static partial int cuda_memory(int device, out nuint free, out nuint total);

    public static string Version => Marshal.PtrToStringUTF8((nint)torch_version()) ?? "";

    /// <exception cref="ExternalException">The call just made on this thread has failed; the package throws the same.</exception>
    public static void Check(int status)
    {
        if (status != 0) throw new ExternalException(Marshal.PtrToStringUTF8((nint)torch_error()));
    }
}
