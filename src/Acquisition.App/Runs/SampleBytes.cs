using System.Runtime.InteropServices;
using Acquisition.Core;

namespace Acquisition.App.Runs;

/// <summary>Stored samples as numbers, whatever type they have.</summary>
internal static class SampleBytes
{
    /// <param name="bytes">Little-endian, as many samples as <paramref name="samples"/> takes.</param>
    public static void ToFloat(ReadOnlySpan<byte> bytes, PixelType type, Span<float> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = type switch
            {
                PixelType.UInt8 => bytes[i],
                PixelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(bytes)[i],
                _ => MemoryMarshal.Cast<byte, float>(bytes)[i],
            };
        }
    }
}
