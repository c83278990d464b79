namespace TorchSharp.Native;

/// <summary>An argument of an operator before it is handed over: a number, or a reference to what must stay alive during the call.</summary>
internal readonly struct Argument
{
    public readonly NativeTag Tag;
    public readonly long Number;
    public readonly object? Reference;

    private Argument(NativeTag tag, long number = 0, object? reference = null) => (Tag, Number, Reference) = (tag, number, reference);

    /// <summary>What the operator's schema says.</summary>
    public static Argument Default => new(NativeTag.Default);

    public static Argument None => new(NativeTag.None);

    public static Argument Optional(long? value) => value is long number ? number : None;

    public static Argument Optional(double? value) => value is double number ? number : None;

    /// <summary>A list in which null stands for an absent tensor.</summary>
    public static Argument OptionalTensors(torch.Tensor?[] tensors) => new(NativeTag.OptionalTensors, reference: tensors);

    public static implicit operator Argument(torch.Tensor? tensor) => tensor is null ? None : new(NativeTag.Tensor, reference: tensor);

    public static implicit operator Argument(long value) => new(NativeTag.Integer, value);

    public static implicit operator Argument(double value) => new(NativeTag.Real, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(NativeTag.Boolean, value ? 1 : 0);

    public static implicit operator Argument(long[]? values) => values is null ? None : new(NativeTag.Integers, reference: values);

    public static implicit operator Argument(torch.Tensor[] values) => new(NativeTag.Tensors, reference: values);

    public static implicit operator Argument(string? text) => text is null ? None : new(NativeTag.Text, reference: text);

    public static implicit operator Argument(Scalar? value) => value is null ? None : new(value.Tag, value.Bits);

    public static implicit operator Argument(torch.ScalarType value) => (long)value;

    public static implicit operator Argument(torch.ScalarType? value) => value is torch.ScalarType type ? (long)type : None;

    public static implicit operator Argument(torch.Device? device) => device is null ? None : new(NativeTag.Device, device.Code);

    public static implicit operator Argument(torch.Generator? generator) =>
        generator is null ? None : new(NativeTag.Generator, generator.Handle, generator);

    /// <summary>Room that <see cref="Write"/> needs beside the value itself, in steps of eight bytes.</summary>
    public int Room => Tag switch
    {
        NativeTag.Integers => ((long[])Reference!).Length,
        NativeTag.Tensors or NativeTag.OptionalTensors => ((torch.Tensor?[])Reference!).Length,
        NativeTag.Text => ((string)Reference!).Length / 8 + 1,
        _ => 0,
    };

    /// <exception cref="InvalidOperationException">A tensor was disposed.</exception>
    public unsafe void Write(NativeValue* value, long* room)
    {
        value->Tag = Tag;
        value->Integer = Number;
        value->Length = 0;
        switch (Tag)
        {
            case NativeTag.Tensor:
                value->Pointer = ((torch.Tensor)Reference!).Handle;
                return;
            case NativeTag.Integers:
                long[] numbers = (long[])Reference!;
                numbers.CopyTo(new Span<long>(room, numbers.Length));
                value->Length = numbers.Length;
                break;
            case NativeTag.Tensors or NativeTag.OptionalTensors:
                torch.Tensor?[] tensors = (torch.Tensor?[])Reference!;
                for (int i = 0; i < tensors.Length; i++) room[i] = tensors[i]?.Handle ?? 0;
                value->Length = tensors.Length;
                break;
            case NativeTag.Text:
                string text = (string)Reference!;
                for (int i = 0; i < text.Length; i++) ((byte*)room)[i] = (byte)text[i]; // libtorch's own words, all ASCII
                value->Length = text.Length;
                break;
            default:
                return;
        }

        value->Pointer = (nint)room;
    }
}
