using Acquisition.Core;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Fourier;

/// <summary>Fourier transforms of a real volume in pieces that threads share: planes first, then rows of planes along z.</summary>
/// <remarks>A spectrum holds columns 0 to X/2 of every row, all real parts of a row and then all imaginary parts, each padded to
/// whole vectors; the other half follows from symmetry. Nothing is normalised: there and back gives the voxel count times what went
/// in. Methods are safe on many threads as long as each has its own piece and its own scratch.</remarks>
internal sealed unsafe class VolumeFft
{
    private const int Granule = 16;

    private readonly LineFft _x;
    private readonly LineFft _y;
    private readonly LineFft _z;

    /// <param name="shape">Extents without prime factors but 2, 3 and 5 (<see cref="LineFft.FriendlyLength"/>).</param>
    public VolumeFft(VolumeShape shape, KernelSet kernels)
    {
        Shape = shape;
        (_x, _y, _z) = (kernels.Fourier(shape.X), kernels.Fourier(shape.Y), kernels.Fourier(shape.Z));
        Columns = shape.X / 2 + 1;
        RealStride = Padded(shape.X);
        RowStride = 2 * Padded(Columns);
        // One line of cache more than the rows take, or samples of equal x and y would compete for a few places of the cache.
        PlaneStride = checked(shape.Y * RowStride + Granule);
        int lines = _x.Batch, xFloats = (RealStride + Padded(Columns) * 2) * 2 * lines + _x.ScratchFloats;
        ScratchFloats = Math.Max(xFloats, Math.Max(_y.ScratchFloats, _z.ScratchFloats + 2 * shape.Z * lines));
    }

    public VolumeShape Shape { get; }

    /// <summary>Columns of the spectrum: X/2 + 1.</summary>
    public int Columns { get; }

    /// <summary>Floats from a row of real samples to the next; those beyond X may be read and overwritten.</summary>
    public int RealStride { get; }

    /// <summary>Floats from a row of the spectrum to the next; its imaginary parts begin after half of them.</summary>
    public int RowStride { get; }

    /// <summary>Floats from a plane of the spectrum to the next.</summary>
    public int PlaneStride { get; }

    public int ScratchFloats { get; }

    public long SpectrumFloats => (long)Shape.Z * PlaneStride;

    /// <summary>Transforms one plane along x and y.</summary>
    /// <param name="real">Rows <see cref="RealStride"/> apart.</param>
    /// <param name="spectrum">Start of the plane's spectrum.</param>
    public void ForwardPlane(float* real, float* spectrum, float* scratch)
    {
        int lines = _x.Batch, columns = Padded(Columns);
        float* re = scratch, im = re + RealStride * lines, firstRe = im + RealStride * lines, firstIm = firstRe + columns * lines;
        float* secondRe = firstIm + columns * lines, secondIm = secondRe + columns * lines, rest = secondIm + columns * lines;
        float** rows = stackalloc float*[2 * Granule];
        for (int y = 0; y < Shape.Y; y += 2 * lines)
        {
            Point(rows, real, RealStride, y, 2 * lines);
            ToLanes(rows, re, RealStride);
            ToLanes(rows + lines, im, RealStride);
            _x.Run(re, im, lines, re, im, lines, rest);
            _x.Separate(re, im, firstRe, firstIm, secondRe, secondIm, columns);
            Point(rows, spectrum, RowStride, y, 2 * lines);
            FromLanes(firstRe, rows, 0, columns);
            FromLanes(firstIm, rows, columns, columns);
            FromLanes(secondRe, rows + lines, 0, columns);
            FromLanes(secondIm, rows + lines, columns, columns);
        }
        for (int x = 0; x < Columns; x += _y.Batch)
            _y.Run(spectrum + x, spectrum + columns + x, RowStride, spectrum + x, spectrum + columns + x, RowStride, scratch);
    }

    /// <summary>Transforms one plane back to real samples. What the spectrum holds afterwards is undefined.</summary>
    public void InversePlane(float* spectrum, float* real, float* scratch)
    {
        int lines = _x.Batch, columns = Padded(Columns);
        for (int x = 0; x < Columns; x += _y.Batch)
            _y.Run(spectrum + columns + x, spectrum + x, RowStride, spectrum + columns + x, spectrum + x, RowStride, scratch);
        float* re = scratch, im = re + RealStride * lines, firstRe = im + RealStride * lines, firstIm = firstRe + columns * lines;
        float* secondRe = firstIm + columns * lines, secondIm = secondRe + columns * lines, rest = secondIm + columns * lines;
        float** rows = stackalloc float*[2 * Granule];
        for (int y = 0; y < Shape.Y; y += 2 * lines)
        {
            Point(rows, spectrum, RowStride, y, 2 * lines);
            ToLanes(rows, firstRe, columns);
            ToLanes(rows, firstIm, columns, columns);
            ToLanes(rows + lines, secondRe, columns);
            ToLanes(rows + lines, secondIm, columns, columns);
            _x.Join(firstRe, firstIm, secondRe, secondIm, re, im);
            _x.Run(im, re, lines, im, re, lines, rest);
            Point(rows, real, RealStride, y, 2 * lines);
            FromLanes(re, rows, 0, RealStride);
            FromLanes(im, rows + lines, 0, RealStride);
        }
    }

    /// <summary>Transforms the row y of all planes along z.</summary>
    public void ForwardAlongZ(float* spectrum, int y, float* scratch)
    {
        nint row = (nint)y * RowStride;
        for (int x = 0; x < Columns; x += _z.Batch)
        {
            float* re = spectrum + row + x, im = re + RowStride / 2;
            _z.Run(re, im, PlaneStride, re, im, PlaneStride, scratch);
        }
    }

    /// <summary>Transforms the row y of all planes along z, multiplies it with the same row of another spectrum or its conjugate,
    /// and transforms it back.</summary>
    public void MultiplyAlongZ(float* spectrum, int y, float* by, bool conjugate, float* scratch)
    {
        nint row = (nint)y * RowStride;
        int lines = _z.Batch;
        float* lineRe = scratch, lineIm = lineRe + Shape.Z * lines, rest = lineIm + Shape.Z * lines;
        for (int x = 0; x < Columns; x += lines)
        {
            float* re = spectrum + row + x, im = re + RowStride / 2, byRe = by + row + x;
            _z.Run(re, im, PlaneStride, lineRe, lineIm, lines, rest);
            _z.Multiply(lineRe, lineIm, byRe, byRe + RowStride / 2, PlaneStride, conjugate);
            _z.Run(lineIm, lineRe, lines, im, re, PlaneStride, rest);
        }
    }

    /// <summary>Length rounded up to whole vectors of any width.</summary>
    public static int Padded(int length) => checked(length + Granule - 1) / Granule * Granule;

    /// <summary>Rows beyond the last repeat it: they are computed as one more copy, and stored over it with the same bits.</summary>
    private void Point(float** rows, float* plane, int stride, int y, int count)
    {
        for (int i = 0; i < count; i++) rows[i] = plane + (nint)Math.Min(y + i, Shape.Y - 1) * stride;
    }

    private void ToLanes(float** rows, float* lanes, int length, int at = 0)
    {
        int lines = _x.Batch;
        for (int x = 0; x < length; x += Transposition.Edge)
        {
            for (int r = 0; r < lines; r += Transposition.Edge) Transposition.FromRows(rows + r, at + x, lanes + (nint)x * lines + r, lines);
        }
    }

    private void FromLanes(float* lanes, float** rows, int at, int length)
    {
        int lines = _x.Batch;
        for (int x = 0; x < length; x += Transposition.Edge)
        {
            for (int r = 0; r < lines; r += Transposition.Edge) Transposition.ToRows(lanes + (nint)x * lines + r, lines, rows + r, at + x);
        }
    }
}
