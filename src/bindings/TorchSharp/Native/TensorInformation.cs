using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What a tensor says of itself, as TorchExtern.cpp gives it. The lists belong to the tensor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorInformation
{
    public long Dimensions;
    public long* Sizes;
    public long* Strides;
    public long Elements;
    public long ElementBytes;
    public int Type;
    public int DeviceType;
    public int DeviceIndex;
    public byte IsContiguous;
    public byte RequiresGrad;
    public byte IsLeaf;
}
