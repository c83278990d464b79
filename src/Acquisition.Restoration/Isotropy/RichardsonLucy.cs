using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Richardson-Lucy deconvolution: the non-negative volume that, blurred, most likely gave the acquired one under shot noise
/// (Richardson 1972, Lucy 1974). Needs no training; the baseline for isotropic networks.</summary>
/// <remarks>
/// <para>Starts from a constant; the light that a volume holds is kept. Sharpens noise with every iteration. The volume continues as its
/// mirror image beyond its borders, and the grid in which the iterations run is larger by the function's half-width on every side.</para>
/// <para>Memory beside source and destination: 12 bytes for each voxel of the larger grid (<see cref="BytesNeeded"/>). Cost: four
/// transforms of the larger grid for each iteration, whatever the size of the function. An instance serves volumes of one shape, one
/// at a time; the result does not depend on the number of threads, bit for bit.</para>
/// </remarks>
public sealed unsafe class RichardsonLucy : IDisposable
{
    /// <summary>Where the paper's baseline gains most; fewer for noisy volumes.</summary>
    public const int DefaultIterations = 20;

    /// <summary>Blurred estimates below this share of the brightest sample are rounding of the transforms.</summary>
    private const float Floor = 1e-6f;

    private readonly VolumeBlur _blur;
    private float* _estimate;

    /// <param name="psf">Sampled on the volume's grid, which has equal distances on all axes.</param>
    /// <exception cref="OutOfMemoryException">The machine cannot hold the larger grid.</exception>
    public RichardsonLucy(VolumeShape shape, PointSpreadFunction psf, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(psf);
        Require.Positive(shape.Z);
        Require.Positive(shape.Y);
        Require.Positive(shape.X);
        _blur = new VolumeBlur(shape, psf, Require.Positive(threads));
        _estimate = (float*)NativeMemory.AlignedAlloc(checked((nuint)_blur.RealPlane * (nuint)_blur.Fft.Shape.Z * sizeof(float)), 64);
    }

    ~RichardsonLucy() => Free();

    /// <summary>Bytes an instance holds, without the volumes it is given and some working memory of each thread.</summary>
    public static long BytesNeeded(VolumeShape shape, PointSpreadFunction psf)
    {
        ArgumentNullException.ThrowIfNull(psf);
        VolumeShape padded = VolumeBlur.Padded(shape, psf);
        return VolumeBlur.SpectraBytes(padded) + sizeof(float) * (long)padded.Z * padded.Y * VolumeFft.Padded(padded.X);
    }

    /// <summary>Deconvolves one volume.</summary>
    /// <param name="blurred">Any unit; samples that are negative or not finite count as 0.</param>
    /// <param name="restored">Receives the result, in the same unit, never negative. May be <paramref name="blurred"/>.</param>
    /// <param name="iterations">1 to 10,000.</param>
    /// <exception cref="ArgumentException">A shape is not the one that this was made for.</exception>
    public void Restore(FloatVolume blurred, FloatVolume restored, int iterations = DefaultIterations, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(blurred);
        ArgumentNullException.ThrowIfNull(restored);
        Require.InRange(iterations, 1, 10_000);
        if (blurred.Shape != _blur.Shape || restored.Shape != _blur.Shape)
            throw new ArgumentException($"Volumes of {_blur.Shape} are accepted; {blurred.Shape} was to be restored to {restored.Shape}.");
        float floor = Floor * Brightest(blurred);

        // A constant, blurred, is the same constant: the first iteration needs only its second half.
        _blur.ForPlanes((z, spectrum, plane, scratch) =>
        {
            _blur.LoadMirrored(blurred, z, plane, clean: true);
            _blur.Fft.ForwardPlane(plane, spectrum, scratch);
        }, cancellation);
        _blur.Blur(correlate: true, cancellation);
        for (int i = 1; i < iterations; i++)
        {
            bool isFirst = i == 1;
            _blur.ForPlanes((z, spectrum, plane, scratch) =>
            {
                Update(z, spectrum, plane, scratch, isFirst);
                _blur.Fft.ForwardPlane(Estimate(z), spectrum, scratch);
            }, cancellation);
            _blur.Blur(correlate: false, cancellation);
            _blur.ForPlanes((z, spectrum, plane, scratch) =>
            {
                _blur.Fft.InversePlane(spectrum, plane, scratch);
                Compare(blurred, z, plane, floor, scratch);
                _blur.Fft.ForwardPlane(plane, spectrum, scratch);
            }, cancellation);
            _blur.Blur(correlate: true, cancellation);
        }
        bool isOnly = iterations == 1;
        int before = _blur.Before.Z;
        _blur.ForPlanes((z, spectrum, plane, scratch) =>
        {
            if (z < before || z >= before + _blur.Shape.Z) return;
            Update(z, spectrum, plane, scratch, isOnly);
            _blur.StoreInner(Estimate(z), restored, z - before);
        }, cancellation);
    }

    public void Dispose()
    {
        _blur.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private float* Estimate(int z) => _estimate + (nint)z * _blur.RealPlane;

    /// <summary>Multiplies the estimate with what the comparison, correlated, gives; the first one stands for the estimate itself.</summary>
    private void Update(int z, float* spectrum, float* plane, float* scratch, bool isFirst)
    {
        float* estimate = Estimate(z);
        _blur.Fft.InversePlane(spectrum, plane, scratch);
        // Rows are padded to whole vectors, and what the padding holds is finite.
        for (nint i = 0; i < _blur.RealPlane; i += Vector256<float>.Count)
        {
            Vector256<float> factor = Vector256.Max(Vector256<float>.Zero, Vector256.Load(plane + i));
            (isFirst ? factor : factor * Vector256.Load(estimate + i)).Store(estimate + i);
        }
    }

    /// <summary>Acquired samples over those that the estimate, blurred, gives.</summary>
    private void Compare(FloatVolume blurred, int z, float* plane, float floor, float* row)
    {
        Vector256<float> least = Vector256.Create(floor);
        for (int y = 0; y < _blur.Fft.Shape.Y; y++, plane += _blur.RealStride)
        {
            _blur.LoadMirroredRow(blurred, z, y, row, clean: true);
            new Span<float>(row + _blur.Fft.Shape.X, _blur.RealStride - _blur.Fft.Shape.X).Clear();
            for (int x = 0; x < _blur.RealStride; x += Vector256<float>.Count)
                (Vector256.Load(row + x) / Vector256.Max(least, Vector256.Load(plane + x))).Store(plane + x);
        }
    }

    /// <summary>At least a hair above 0, so that an empty volume divides by something.</summary>
    private static float Brightest(FloatVolume volume)
    {
        float brightest = float.MinValue;
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (float sample in volume.Plane(z))
            {
                if (sample > brightest && sample <= float.MaxValue) brightest = sample;
            }
        }
        return Math.Max(brightest, 1e-20f);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_estimate);
        _estimate = null;
    }
}
