using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Mean power spectra of a volume's planes, by rings of spatial frequency.</summary>
internal static unsafe class PlanePower
{
    /// <summary>Power spectral density of all xy planes or of all xz planes, in some directions, each plane with its mean taken off and under a Hann window.</summary>
    /// <remarks>Planes are padded with zeros to a length that transforms take; frequency is in periods a pixel, so extents may differ.</remarks>
    public static double[] Rings(FloatVolume volume, PlaneDirections directions, int rings)
    {
        bool axial = directions != PlaneDirections.Lateral;
        VolumeShape shape = volume.Shape;
        int height = axial ? shape.Z : shape.Y, width = shape.X, planes = axial ? shape.Y : shape.Z;
        var fft = new VolumeFft(new VolumeShape(1, LineFft.FriendlyLength(height), LineFft.FriendlyLength(width)), KernelSet.Default);
        double[] down = Hann(height), across = Hann(width);
        var power = new double[rings];
        var counts = new long[rings];
        long real = (long)fft.Shape.Y * fft.RealStride;
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(real + fft.SpectrumFloats + fft.ScratchFloats) * sizeof(float), 64);
        try
        {
            float* spectrum = memory + real;
            for (int p = 0; p < planes; p++)
            {
                new Span<float>(memory, (int)real).Clear();
                double sum = 0;
                for (int r = 0; r < height; r++)
                {
                    float* row = axial ? volume.Row(r, p) : volume.Row(p, r);
                    for (int x = 0; x < width; x++) sum += row[x];
                }
                double mean = sum / ((double)height * width);
                for (int r = 0; r < height; r++)
                {
                    float* row = axial ? volume.Row(r, p) : volume.Row(p, r), to = memory + (nint)r * fft.RealStride;
                    for (int x = 0; x < width; x++) to[x] = (float)((row[x] - mean) * down[r] * across[x]);
                }
                fft.ForwardPlane(memory, spectrum, spectrum + fft.SpectrumFloats);
                Add(fft, spectrum, directions, power, counts);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
        double window = down.Sum(w => w * w) * across.Sum(w => w * w);
        return [.. power.Zip(counts, (sum, count) => count > 0 ? sum / (count * window) : 0)];
    }

    private static void Add(VolumeFft fft, float* spectrum, PlaneDirections directions, double[] power, long[] counts)
    {
        for (int y = 0; y < fft.Shape.Y; y++)
        {
            double fy = (double)Math.Min(y, fft.Shape.Y - y) / fft.Shape.Y;
            float* re = spectrum + (nint)y * fft.RowStride, im = re + fft.RowStride / 2;
            for (int x = 0; x < fft.Columns; x++)
            {
                double fx = (double)x / fft.Shape.X;
                int ring = (int)(Math.Sqrt(fy * fy + fx * fx) * 2 * power.Length);
                if (ring >= power.Length || (directions == PlaneDirections.AxialNearZ && fy <= fx) || (directions == PlaneDirections.AxialNearX && fx <= fy)) continue;
                // All columns but the first and, of even widths, the last stand for two.
                int weight = x == 0 || 2 * x == fft.Shape.X ? 1 : 2;
                power[ring] += weight * ((double)re[x] * re[x] + (double)im[x] * im[x]);
                counts[ring] += weight;
            }
        }
    }

    private static double[] Hann(int length) => [.. Enumerable.Range(0, length).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / length))];
}
