using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.HardwareSim;

/// <summary>Between the bytes of a frame and floating point. Little-endian, as on the wire.</summary>
internal static class Samples
{
    public static void ToFloat(ReadOnlySpan<byte> bytes, PixelType type, Span<float> values)
    {
        switch (type)
        {
            case PixelType.UInt8:
                for (int i = 0; i < values.Length; i++) values[i] = bytes[i];
                break;
            case PixelType.UInt16:
                ReadOnlySpan<ushort> counts = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++) values[i] = counts[i];
                break;
            default:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
        }
    }

    /// <summary>Integer types are rounded to nearest, ties to even, and saturated; floating point is copied.</summary>
    public static void FromFloat(ReadOnlySpan<float> values, PixelType type, Span<byte> bytes)
    {
        switch (type)
        {
            case PixelType.UInt8:
                for (int i = 0; i < values.Length; i++) bytes[i] = (byte)Rounded(values[i], type);
                break;
            case PixelType.UInt16:
                Span<ushort> counts = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++) counts[i] = (ushort)Rounded(values[i], type);
                break;
            default:
                values.CopyTo(MemoryMarshal.Cast<byte, float>(bytes));
                break;
        }
    }

    /// <summary>The value as an integer type stores it.</summary>
    public static float Rounded(float value, PixelType type) => Math.Clamp(MathF.Round(value), 0, type.MaxValue());
}
