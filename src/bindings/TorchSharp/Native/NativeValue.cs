using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>What a value of <see cref="NativeValue"/> is; the same numbers as in TorchExtern.cpp.</summary>
internal enum NativeTag : long
{
    None,
    Default,
    Tensor,
    Integer,
    Real,
    Boolean,
    Integers,
    Tensors,
    OptionalTensors,
    Text,
    Device,
    Generator,
}

/// <summary>An argument or a result of an operator, as TorchExtern.cpp takes it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct NativeValue
{
    [FieldOffset(0)]
    public NativeTag Tag;

    [FieldOffset(8)]
    public long Integer;

    [FieldOffset(8)]
    public double Real;

    [FieldOffset(8)]
    public nint Pointer;

    [FieldOffset(16)]
    public long Length;
}
