using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Restoration.Fourier;

public sealed unsafe class VolumeFftTests
{
    /// <summary>Lengths with one and with several passes of every radix, odd and even, and fewer or more lines than a batch.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 2, 3 }, { 3, 5, 4 }, { 2, 9, 15 }, { 5, 8, 27 }, { 6, 32, 45 }, { 9, 36, 50 }, { 4, 75, 64 }, { 25, 18, 60 }, { 16, 40, 144 }, { 1, 225, 81 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Spectra_are_those_of_numpy_and_lead_back(int z, int y, int x)
    {
        var shape = new VolumeShape(z, y, x);
        using var oracle = new RestorationOracle();
        RestorationOracle.RunScript("isotropy.py", "fft", oracle.Folder, $"{z},{y},{x}");
        using FloatVolume volume = oracle.Volume("volume", shape);
        float[] wantedRe = oracle.Floats("re"), wantedIm = oracle.Floats("im");
        // Root mean square rounding grows with the number of passes (Gentleman and Sande 1966); one wrong sample would be far above.
        double bound = 1.2e-7 * Math.Log2(2 * shape.Voxels);
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            var fft = new VolumeFft(shape, kernels);
            long plane = (long)y * fft.RealStride;
            float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(plane + 2 * fft.SpectrumFloats + fft.ScratchFloats) * sizeof(float), 64);
            float* spectrum = memory + plane, one = spectrum + fft.SpectrumFloats, scratch = one + fft.SpectrumFloats;
            try
            {
                for (int k = 0; k < z; k++) Forward(fft, volume.Plane(k), memory, spectrum + (nint)k * fft.PlaneStride, scratch);
                for (int j = 0; j < y; j++) fft.ForwardAlongZ(spectrum, j, scratch);
                Assert.InRange(Volumes.RelativeError([.. wantedRe, .. wantedIm], [.. Part(fft, spectrum, 0), .. Part(fft, spectrum, fft.RowStride / 2)]), 0, bound);

                // The spectrum of a point at the origin is 1 everywhere: there and back, times the voxel count.
                new Span<float>(one, checked((int)fft.SpectrumFloats)).Clear();
                for (long i = 0; i < z * (long)y; i++) new Span<float>(one + (nint)(i / y) * fft.PlaneStride + (nint)(i % y) * fft.RowStride, fft.Columns).Fill(1);
                for (int k = 0; k < z; k++) Forward(fft, volume.Plane(k), memory, spectrum + (nint)k * fft.PlaneStride, scratch);
                for (int j = 0; j < y; j++) fft.MultiplyAlongZ(spectrum, j, one, conjugate: true, scratch);
                for (int k = 0; k < z; k++)
                {
                    fft.InversePlane(spectrum + (nint)k * fft.PlaneStride, memory, scratch);
                    for (int i = 0; i < shape.PlaneVoxels; i++)
                        Assert.Equal(volume.Plane(k)[i], memory[i / x * fft.RealStride + i % x] / shape.Voxels, 2e-6);
                }
            }
            finally
            {
                NativeMemory.AlignedFree(memory);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 8)]
    [InlineData(11, 12)]
    [InlineData(161, 162)]
    [InlineData(224, 225)]
    [InlineData(4097, 4320)]
    public void Friendly_lengths_have_no_factors_but_2_3_and_5(int atLeast, int length) =>
        Assert.Equal(length, LineFft.FriendlyLength(atLeast));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(22)]
    public void Other_lengths_are_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelSet.Default.Fourier(length));

    /// <summary>Real parts (offset 0) or imaginary parts of a spectrum without its padding.</summary>
    private static float[] Part(VolumeFft fft, float* spectrum, int offset)
    {
        var part = new List<float>();
        for (int z = 0; z < fft.Shape.Z; z++)
        {
            for (int y = 0; y < fft.Shape.Y; y++)
                part.AddRange(new ReadOnlySpan<float>(spectrum + (nint)z * fft.PlaneStride + (nint)y * fft.RowStride + offset, fft.Columns));
        }
        return [.. part];
    }

    private static void Forward(VolumeFft fft, ReadOnlySpan<float> plane, float* real, float* spectrum, float* scratch)
    {
        int width = fft.Shape.X;
        for (int y = 0; y < fft.Shape.Y; y++) plane.Slice(y * width, width).CopyTo(new Span<float>(real + (nint)y * fft.RealStride, width));
        fft.ForwardPlane(real, spectrum, scratch);
    }
}
