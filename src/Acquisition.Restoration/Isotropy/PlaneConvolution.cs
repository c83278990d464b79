using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Cyclic blurs of planes with one kernel, whose centre stands at the plane's first sample.</summary>
internal sealed unsafe class PlaneConvolution : IDisposable
{
    private readonly VolumeFft _fft;
    private readonly int _width;
    private float* _real;
    private readonly float* _spectrum;
    private readonly float* _kernel;
    private readonly float* _scratch;

    public PlaneConvolution(int height, int width, PlaneKernel kernel)
    {
        _width = width;
        _fft = new VolumeFft(new VolumeShape(1, height, width), KernelSet.Default);
        long real = (long)height * _fft.RealStride, spectrum = _fft.SpectrumFloats;
        _real = (float*)NativeMemory.AlignedAlloc((nuint)(real + 2 * spectrum + _fft.ScratchFloats) * sizeof(float), 64);
        NativeMemory.Clear(_real, (nuint)(real + 2 * spectrum + _fft.ScratchFloats) * sizeof(float));
        _spectrum = _real + real;
        _kernel = _spectrum + spectrum;
        _scratch = _kernel + spectrum;
        Forward(Placed(kernel), _kernel);
    }

    ~PlaneConvolution() => Free();

    /// <summary>A kernel with its centre at the plane's first sample, cyclic.</summary>
    public float[] Placed(PlaneKernel kernel)
    {
        int height = _fft.Shape.Y;
        var plane = new float[height * _width];
        for (int y = 0; y < kernel.Height; y++)
        {
            for (int x = 0; x < kernel.Width; x++)
            {
                int row = (y - kernel.Height / 2 + height) % height, column = (x - kernel.Width / 2 + _width) % _width;
                plane[row * _width + column] += kernel.Weights[y * kernel.Width + x];
            }
        }
        return plane;
    }

    /// <param name="correlate">With the kernel turned by half a turn.</param>
    public void Blur(float[] plane, float[] blurred, bool correlate)
    {
        Forward(plane, _spectrum);
        float scale = 1f / _fft.Shape.PlaneVoxels;
        for (int y = 0; y < _fft.Shape.Y; y++)
        {
            float* re = _spectrum + (nint)y * _fft.RowStride, im = re + _fft.RowStride / 2;
            float* kernelRe = _kernel + (nint)y * _fft.RowStride, kernelIm = kernelRe + _fft.RowStride / 2;
            for (int x = 0; x < _fft.Columns; x++)
            {
                float a = re[x], b = im[x], c = kernelRe[x] * scale, d = correlate ? -kernelIm[x] * scale : kernelIm[x] * scale;
                (re[x], im[x]) = (a * c - b * d, a * d + b * c);
            }
        }
        Inverse(blurred);
    }

    /// <summary>What blurred gives the plane, with noise held down: K* / (|K|² + ε max|K|²); negative values become 0.</summary>
    public float[] Wiener(float[] plane, double epsilon)
    {
        Forward(plane, _spectrum);
        double largest = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int y = 0; y < _fft.Shape.Y; y++)
            {
                float* re = _spectrum + (nint)y * _fft.RowStride, im = re + _fft.RowStride / 2;
                float* kernelRe = _kernel + (nint)y * _fft.RowStride, kernelIm = kernelRe + _fft.RowStride / 2;
                for (int x = 0; x < _fft.Columns; x++)
                {
                    double a = re[x], b = im[x], c = kernelRe[x], d = kernelIm[x], power = c * c + d * d;
                    if (pass == 0)
                    {
                        largest = Math.Max(largest, power);
                        continue;
                    }
                    double scale = 1 / ((power + epsilon * largest) * _fft.Shape.PlaneVoxels);
                    (re[x], im[x]) = ((float)((a * c + b * d) * scale), (float)((b * c - a * d) * scale));
                }
            }
        }
        var result = new float[plane.Length];
        Inverse(result);
        for (int i = 0; i < result.Length; i++) result[i] = Math.Max(0, result[i]);
        return result;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Forward(float[] plane, float* spectrum)
    {
        for (int y = 0; y < _fft.Shape.Y; y++)
            plane.AsSpan(y * _width, _width).CopyTo(new Span<float>(_real + (nint)y * _fft.RealStride, _width));
        _fft.ForwardPlane(_real, spectrum, _scratch);
    }

    private void Inverse(float[] plane)
    {
        _fft.InversePlane(_spectrum, _real, _scratch);
        for (int y = 0; y < _fft.Shape.Y; y++)
            new ReadOnlySpan<float>(_real + (nint)y * _fft.RealStride, _width).CopyTo(plane.AsSpan(y * _width, _width));
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_real);
        _real = null;
    }
}
