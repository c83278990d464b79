using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor over an array of any rank, which it shares and keeps where it is; a copy only for another type or device.</summary>
    /// <exception cref="NotSupportedException">libtorch has no such type.</exception>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    /// <inheritdoc cref="from_array(Array, Device?)"/>
    public static unsafe Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        ScalarType own = ToScalarType(rawArray.GetType().GetElementType()!);
        long[] shape = [.. Enumerable.Range(0, rawArray.Rank).Select(rawArray.GetLongLength)];
        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        nint handle;
        try
        {
            fixed (long* sizes = shape)
            {
                LibTorch.Check(LibTorch.tensor_from_blob(
                    pin.AddrOfPinnedObject(), sizes, shape.Length, (int)own, &Free, GCHandle.ToIntPtr(pin), out handle));
            }
        }
        catch
        {
            pin.Free();
            throw;
        }

        var tensor = new Tensor(handle);
        Device target = InitializeDevice(device);
        if (tensor.WouldCopy(dtype, target)) tensor = tensor.to(dtype ?? own, target, disposeAfter: true);
        return Made(tensor, requires_grad);
    }

    [UnmanagedCallersOnly]
    private static void Free(nint pin) => GCHandle.FromIntPtr(pin).Free();

    /// <exception cref="ArgumentException">There are fewer values than the dimensions tell.</exception>
    private static unsafe Tensor Copied<T>(
        ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requiresGrad) where T : unmanaged
    {
        long count = 1;
        foreach (long size in dimensions) count = checked(count * size);
        if (count > values.Length)
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {values.Length}");

        Device target = InitializeDevice(device);
        Tensor tensor = empty(dimensions, ToScalarType(typeof(T)), CPU);
        values[..(int)count].CopyTo(new Span<T>((void*)tensor.Data, (int)count));
        if (tensor.WouldCopy(dtype, target)) tensor = tensor.to(dtype ?? tensor.dtype, target, disposeAfter: true);
        return Made(tensor, requiresGrad);
    }
}
