using TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number of whatever type an operator takes.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(NativeTag tag, long bits, torch.ScalarType type) => (Tag, Bits, Type) = (tag, bits, type);

    internal NativeTag Tag { get; }

    internal long Bits { get; }

    public torch.ScalarType Type { get; }

    internal double Real => Tag == NativeTag.Real ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal long Integer => Tag == NativeTag.Real ? (long)Real : Bits;

    public static implicit operator Scalar(byte value) => new(NativeTag.Integer, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(sbyte value) => new(NativeTag.Integer, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(short value) => new(NativeTag.Integer, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(int value) => new(NativeTag.Integer, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(long value) => new(NativeTag.Integer, value, torch.ScalarType.Int64);

    public static implicit operator Scalar(Half value) => (double)value;

    public static implicit operator Scalar(float value) => (double)value;

    public static implicit operator Scalar(double value) =>
        new(NativeTag.Real, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);

    public static implicit operator Scalar(bool value) => new(NativeTag.Boolean, value ? 1 : 0, torch.ScalarType.Bool);

    internal static Scalar From(NativeValue value) => value.Tag switch
    {
        NativeTag.Integer => value.Integer,
        NativeTag.Real => value.Real,
        NativeTag.Boolean => value.Integer != 0,
        _ => throw new NotSupportedException($"A scalar of the kind {value.Tag}."),
    };

    /// <summary>Does nothing: there is nothing native in it.</summary>
    public void Dispose()
    {
    }
}
