using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels;
using Acquisition.Restoration.Sampling;
using Acquisition.Restoration.Threading;

namespace Acquisition.Restoration.Isotropy;

/// <summary>Blurs volumes of one shape with a point spread function or its mirror image, by Fourier transforms on a larger grid.</summary>
/// <remarks>The larger grid holds the volume and, around it, its mirror images at the outer edge of its outermost samples: at least the
/// function's half-width on every side, up to the next length that transforms take. One caller at a time.</remarks>
internal sealed unsafe class VolumeBlur : IDisposable
{
    private readonly WorkTeam _team;
    private readonly Scratch[] _scratch;
    private readonly int[] _mirrorY;
    private readonly int[] _mirrorX;
    private float* _spectrum;
    private float* _transfer;

    public VolumeBlur(VolumeShape shape, PointSpreadFunction psf, int threads)
    {
        Shape = shape;
        Fft = new VolumeFft(Padded(shape, psf), KernelSet.Default);
        VolumeShape padded = Fft.Shape;
        Before = new((padded.Z - shape.Z) / 2, (padded.Y - shape.Y) / 2, (padded.X - shape.X) / 2);
        _mirrorY = Mirrors(shape.Y, Before.Y, padded.Y);
        _mirrorX = Mirrors(shape.X, Before.X, padded.X);
        nuint bytes = checked((nuint)Fft.SpectrumFloats * sizeof(float));
        _spectrum = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        _transfer = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        _team = new WorkTeam(threads);
        _scratch = [.. Enumerable.Range(0, _team.Threads).Select(_ => new Scratch())];
        MakeTransfer(psf);
    }

    ~VolumeBlur() => Free();

    public VolumeShape Shape { get; }

    public VolumeFft Fft { get; }

    /// <summary>Samples of the larger grid before the volume's first, on each axis.</summary>
    public (int Z, int Y, int X) Before { get; }

    /// <summary>Floats from a row of a plane of the larger grid to the next.</summary>
    public int RealStride => Fft.RealStride;

    /// <summary>Floats of a plane of the larger grid.</summary>
    public int RealPlane => Fft.Shape.Y * Fft.RealStride;

    public static VolumeShape Padded(VolumeShape shape, PointSpreadFunction psf) => new(
        Padded(shape.Z, psf.Shape.Z), Padded(shape.Y, psf.Shape.Y), Padded(shape.X, psf.Shape.X));

    /// <summary>Bytes of both spectra.</summary>
    public static long SpectraBytes(VolumeShape padded) =>
        2L * sizeof(float) * padded.Z * (padded.Y * 2L * VolumeFft.Padded(padded.X / 2 + 1) + 16);

    /// <summary>The volume's plane that a plane of the larger grid mirrors.</summary>
    public int MirroredZ(int z) => CubicTaps.Mirror(z - Before.Z, Shape.Z);

    /// <summary>Works on all planes of the larger grid, each thread with memory of its own.</summary>
    /// <param name="work">Plane, its spectrum, one real plane to use, scratch for the transform.</param>
    public void ForPlanes(PlaneWork work, CancellationToken cancellation) => _team.Run(Fft.Shape.Z, (z, thread) =>
    {
        float* plane = _scratch[thread].Take(RealPlane + Fft.ScratchFloats);
        work(z, _spectrum + (nint)z * Fft.PlaneStride, plane, plane + RealPlane);
    }, cancellation);

    /// <summary>Blurs what planes were transformed to; they can be transformed back afterwards.</summary>
    /// <param name="correlate">With the mirror image of the function, the adjoint.</param>
    public void Blur(bool correlate, CancellationToken cancellation) => _team.Run(Fft.Shape.Y,
        (y, thread) => Fft.MultiplyAlongZ(_spectrum, y, _transfer, correlate, _scratch[thread].Take(Fft.ScratchFloats)), cancellation);

    /// <summary>Blurs a volume. The destination may be the source.</summary>
    public void Apply(FloatVolume source, FloatVolume destination, CancellationToken cancellation)
    {
        ForPlanes((z, spectrum, plane, scratch) =>
        {
            LoadMirrored(source, z, plane, clean: false);
            Fft.ForwardPlane(plane, spectrum, scratch);
        }, cancellation);
        Blur(correlate: false, cancellation);
        ForPlanes((z, spectrum, plane, scratch) =>
        {
            if (z < Before.Z || z >= Before.Z + Shape.Z) return;
            Fft.InversePlane(spectrum, plane, scratch);
            StoreInner(plane, destination, z - Before.Z);
        }, cancellation);
    }

    /// <summary>One plane of the larger grid.</summary>
    /// <param name="clean">Whether what is negative or not finite becomes 0.</param>
    public void LoadMirrored(FloatVolume source, int z, float* plane, bool clean)
    {
        float* row = plane;
        for (int y = 0; y < Fft.Shape.Y; y++, row += RealStride) LoadMirroredRow(source, z, y, row, clean);
    }

    public void LoadMirroredRow(FloatVolume source, int z, int y, float* row, bool clean)
    {
        float* from = source.Row(MirroredZ(z), _mirrorY[y]);
        Span<float> inner = new(row + Before.X, Shape.X);
        new ReadOnlySpan<float>(from, Shape.X).CopyTo(inner);
        // NaN fails both comparisons.
        if (clean) foreach (ref float sample in inner) sample = sample > 0 && sample <= float.MaxValue ? sample : 0;
        for (int x = 0; x < Before.X; x++) row[x] = row[Before.X + _mirrorX[x]];
        for (int x = Before.X + Shape.X; x < Fft.Shape.X; x++) row[x] = row[Before.X + _mirrorX[x]];
    }

    /// <summary>The volume's part of a plane of the larger grid.</summary>
    public void StoreInner(float* plane, FloatVolume destination, int z)
    {
        for (int y = 0; y < Shape.Y; y++)
            new ReadOnlySpan<float>(plane + (nint)(y + Before.Y) * RealStride + Before.X, Shape.X).CopyTo(new Span<float>(destination.Row(z, y), Shape.X));
    }

    public void Dispose()
    {
        _team.Dispose();
        foreach (Scratch scratch in _scratch) scratch.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    private static int Padded(int extent, int psf) => LineFft.FriendlyLength(checked(extent + psf - 1));

    private static int[] Mirrors(int extent, int before, int padded) =>
        [.. Enumerable.Range(0, padded).Select(i => CubicTaps.Mirror(i - before, extent))];

    /// <summary>The function's spectrum, its point at the first sample, scaled so that there and back gives what went in.</summary>
    private void MakeTransfer(PointSpreadFunction psf)
    {
        VolumeShape padded = Fft.Shape, kernel = psf.Shape;
        float scale = (float)(1.0 / padded.Voxels);
        _team.Run(padded.Z, (z, thread) =>
        {
            float* plane = _scratch[thread].Take(RealPlane + Fft.ScratchFloats), spectrum = _transfer + (nint)z * Fft.PlaneStride;
            new Span<float>(spectrum, Fft.PlaneStride).Clear();
            int from = z <= kernel.Z / 2 ? z : z - padded.Z;
            if (from < -(kernel.Z / 2)) return;
            new Span<float>(plane, RealPlane).Clear();
            for (int y = 0; y < kernel.Y; y++)
            {
                float* row = plane + (nint)((y - kernel.Y / 2 + padded.Y) % padded.Y) * RealStride;
                for (int x = 0; x < kernel.X; x++) row[(x - kernel.X / 2 + padded.X) % padded.X] = psf.At(from + kernel.Z / 2, y, x) * scale;
            }
            Fft.ForwardPlane(plane, spectrum, plane + RealPlane);
        }, default);
        _team.Run(padded.Y, (y, thread) => Fft.ForwardAlongZ(_transfer, y, _scratch[thread].Take(Fft.ScratchFloats)), default);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_spectrum);
        NativeMemory.AlignedFree(_transfer);
        _spectrum = null;
        _transfer = null;
    }
}
