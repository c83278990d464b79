using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Acquisition.Storage.Tiff;

/// <summary>Turns stored samples into little-endian values, in place.</summary>
internal static class TiffSamples
{
    public static void ReverseBytes(Span<byte> samples, int sampleBytes)
    {
        if (sampleBytes == 2)
        {
            Span<ushort> values = MemoryMarshal.Cast<byte, ushort>(samples);
            BinaryPrimitives.ReverseEndianness(values, values);
        }
        else if (sampleBytes == 4)
        {
            Span<uint> values = MemoryMarshal.Cast<byte, uint>(samples);
            BinaryPrimitives.ReverseEndianness(values, values);
        }
    }

    /// <summary>Undoes horizontal differencing (TIFF 6.0, section 14); floating point counts as 32-bit integers, as in libtiff.</summary>
    /// <param name="samples">Whole rows, little-endian.</param>
    public static void Accumulate(Span<byte> samples, int rowBytes, int sampleBytes)
    {
        for (; !samples.IsEmpty; samples = samples[rowBytes..])
        {
            Span<byte> row = samples[..rowBytes];
            switch (sampleBytes)
            {
                case 1:
                    for (int i = 1; i < row.Length; i++) row[i] += row[i - 1];
                    break;
                case 2:
                    Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(row);
                    for (int i = 1; i < words.Length; i++) words[i] += words[i - 1];
                    break;
                default:
                    Span<uint> longs = MemoryMarshal.Cast<byte, uint>(row);
                    for (int i = 1; i < longs.Length; i++) longs[i] += longs[i - 1];
                    break;
            }
        }
    }
}
