using System.Runtime.InteropServices;
using Acquisition.Core;
using Acquisition.Restoration.Fourier;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Restoration.Registration;

/// <summary>Measures by how much one tile lies off another, by phase correlation. One caller at a time.</summary>
/// <remarks>A first look has nothing but phases, under a Gaussian that makes the peak one; the next ones weigh by coherence. Each look moves the window of
/// the moving image along with what was found, by fractions of a pixel as well, and takes the phases of the fraction back. Both windows then hold the
/// same part of the specimen and the peak lies at 0, so that neither window nor interpolation draws the shift towards whole pixels.</remarks>
internal sealed unsafe class ShiftMeter : IDisposable
{
    private const int MaxLooks = 6;

    /// <summary>Standard deviation of peaks, pixels: wide enough for 5 × 5 values to show a Gaussian.</summary>
    private const double FirstPeakPx = 1.5;
    private const double PeakPx = 1;

    /// <summary>A look that moves less is the last one.</summary>
    private const double EnoughPx = 0.01;

    private readonly VolumeFft _fft;
    private readonly Coherence _coherence;
    private readonly int[] _rings;
    private readonly double[] _values = new double[LogGaussian.Edge * LogGaussian.Edge];
    private readonly long _realFloats;
    private float* _real;
    private readonly float* _target;
    private readonly float* _moving;
    private readonly float* _cross;
    private readonly float* _scratch;
    private Shift? _error;

    /// <param name="height">Of the largest tile, as the width.</param>
    public ShiftMeter(int height, int width)
    {
        _fft = new VolumeFft(new VolumeShape(1, LineFft.FriendlyLength(height), LineFft.FriendlyLength(width)), KernelSet.Default);
        _coherence = new Coherence(height, width);
        _rings = [.. from y in Enumerable.Range(0, _fft.Shape.Y)
                     from x in Enumerable.Range(0, _fft.Columns)
                     select _coherence.Ring(Frequency(y), (double)x / _fft.Shape.X)];
        _realFloats = (long)_fft.Shape.Y * _fft.RealStride;
        nuint floats = (nuint)(_realFloats + 3 * _fft.SpectrumFloats + _fft.ScratchFloats);
        _real = (float*)NativeMemory.AlignedAlloc(floats * sizeof(float), 64);
        NativeMemory.Clear(_real, floats * sizeof(float));
        _target = _real + _realFloats;
        _moving = _target + _fft.SpectrumFloats;
        _cross = _moving + _fft.SpectrumFloats;
        _scratch = _cross + _fft.SpectrumFloats;
    }

    ~ShiftMeter() => Free();

    /// <summary>Finds a shift near another.</summary>
    /// <param name="tile">In the target; not larger than the meter.</param>
    /// <param name="reachY">Farthest from <paramref name="start"/>, pixels.</param>
    /// <returns>Shift and its standard error; <see langword="null"/> where nothing is found.</returns>
    public (Shift Shift, Shift Error)? Find(ImagePair pair, PlaneBox tile, Shift start, double reachY, double reachX)
    {
        Shift shift = start;
        for (int look = 0; look < MaxLooks; look++)
        {
            Observe(pair, tile, shift);
            // Once the coherence is known, what is left to find is less than the first look's error.
            double leftY = look == 0 ? reachY : Math.Min(reachY, LogGaussian.Reach + 1), leftX = look == 0 ? reachX : Math.Min(reachX, LogGaussian.Reach + 1);
            if (!Weigh(isFirst: look == 0) || Peak(leftY, leftX) is not { } rest) return null;
            shift += rest;
            if (Math.Abs(shift.Y - start.Y) > reachY + 1 || Math.Abs(shift.X - start.X) > reachX + 1) return null;
            if (look > 0 && rest.Length < EnoughPx) break;
        }

        return _error is { } error ? (shift, error) : null;
    }

    /// <summary>Normalised cross-correlation of both tiles, seen through a blur, when laid over each other by a shift.</summary>
    public double Correlation(ImagePair pair, PlaneBox tile, Shift shift, double blurPx)
    {
        Observe(pair, tile, shift);
        return _coherence.Correlation(blurPx);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sums up cross spectra of all planes, with the fraction of a shift taken back, and what they have in common.</summary>
    private void Observe(ImagePair pair, PlaneBox tile, Shift shift)
    {
        (int top, int left) = (tile.Y, tile.X);
        int dy = (int)Math.Round(shift.Y), dx = (int)Math.Round(shift.X);
        double restY = shift.Y - dy, restX = shift.X - dx;
        // The window ends where either image does.
        int firstY = Math.Max(0, -(top + dy)), endY = Math.Min(tile.Height, pair.Height - top - dy);
        int firstX = Math.Max(0, -(left + dx)), endX = Math.Min(tile.Width, pair.Width - left - dx);
        _coherence.Clear(Math.Max(0, endY - firstY) * (double)Math.Max(0, endX - firstX) / _fft.Shape.PlaneVoxels);
        new Span<float>(_cross, checked((int)_fft.SpectrumFloats)).Clear();
        if (firstY >= endY || firstX >= endX) return;
        double[] down = Hann(firstY, endY, 0), across = Hann(firstX, endX, 0), movedDown = Hann(firstY, endY, restY), movedAcross = Hann(firstX, endX, restX);
        var box = new PlaneBox(firstY, firstX, endY - firstY, endX - firstX);
        double[] cosY = new double[_fft.Shape.Y], sinY = new double[_fft.Shape.Y], cosX = new double[_fft.Columns], sinX = new double[_fft.Columns];
        for (int y = 0; y < cosY.Length; y++) (sinY[y], cosY[y]) = Math.SinCos(2 * Math.PI * Frequency(y) * restY);
        for (int x = 0; x < cosX.Length; x++) (sinX[x], cosX[x]) = Math.SinCos(2 * Math.PI * x / _fft.Shape.X * restX);
        for (int z = pair.FirstPlane; z < pair.EndPlane; z++)
        {
            Transform(pair.Target.Plane(z), pair.Width, top, left, box, down, across, _target);
            Transform(pair.Moving.Plane(z), pair.Width, top + dy, left + dx, box, movedDown, movedAcross, _moving);
            for (int y = 0; y < _fft.Shape.Y; y++)
            {
                float* a = Row(_target, y), b = Row(_moving, y), c = Row(_cross, y);
                int im = _fft.RowStride / 2;
                for (int x = 0; x < _fft.Columns; x++)
                {
                    double re = (double)a[x] * b[x] + (double)a[x + im] * b[x + im], turn = (double)a[x] * b[x + im] - (double)a[x + im] * b[x];
                    double cos = cosY[y] * cosX[x] - sinY[y] * sinX[x], sin = sinY[y] * cosX[x] + cosY[y] * sinX[x];
                    double shared = re * cos - turn * sin;
                    c[x] += (float)shared;
                    c[x + im] += (float)(re * sin + turn * cos);
                    _coherence.Add(
                        _rings[y * _fft.Columns + x], x == 0 || 2 * x == _fft.Shape.X ? 1 : 2, shared,
                        (double)a[x] * a[x] + (double)a[x + im] * a[x + im], (double)b[x] * b[x] + (double)b[x + im] * b[x + im]);
                }
            }
        }
    }

    /// <summary>Transforms part of a plane under a window, less its mean there; what is not finite counts as the mean.</summary>
    private void Transform(ReadOnlySpan<float> plane, int width, int top, int left, PlaneBox box, double[] down, double[] across, float* spectrum)
    {
        double sum = 0, weights = 0;
        for (int y = box.Y; y < box.EndY; y++)
        {
            ReadOnlySpan<float> row = plane.Slice((top + y) * width + left + box.X, box.Width);
            double rowSum = 0, rowWeights = 0;
            for (int x = 0; x < row.Length; x++)
            {
                if (!float.IsFinite(row[x])) continue;
                rowSum += across[x] * row[x];
                rowWeights += across[x];
            }

            sum += down[y - box.Y] * rowSum;
            weights += down[y - box.Y] * rowWeights;
        }

        double mean = weights > 0 ? sum / weights : 0;
        new Span<float>(_real, (int)_realFloats).Clear();
        for (int y = box.Y; y < box.EndY; y++)
        {
            ReadOnlySpan<float> row = plane.Slice((top + y) * width + left + box.X, box.Width);
            float* to = _real + (nint)y * _fft.RealStride + box.X;
            for (int x = 0; x < row.Length; x++) to[x] = float.IsFinite(row[x]) ? (float)((row[x] - mean) * down[y - box.Y] * across[x]) : 0;
        }

        _fft.ForwardPlane(_real, spectrum, _scratch);
    }

    /// <summary>Weighs the cross spectrum, and sums up what it tells: 1/variance is the bend of the correlation at its peak, (2πf)² times the real part.</summary>
    /// <returns>Whether there are any.</returns>
    private bool Weigh(bool isFirst)
    {
        double peak = isFirst ? FirstPeakPx : PeakPx, total = 0, yy = 0, yx = 0, xx = 0;
        double[] weights = _coherence.Weights(), across = [.. Enumerable.Range(0, _fft.Columns).Select(x => Passed((double)x / _fft.Shape.X))];
        for (int y = 0; y < _fft.Shape.Y; y++)
        {
            float* c = Row(_cross, y);
            double fy = Frequency(y), down = Passed(fy);
            int im = _fft.RowStride / 2;
            for (int x = 0; x < _fft.Columns; x++)
            {
                double fx = (double)x / _fft.Shape.X, weight = 0;
                if (!isFirst) weight = weights[_rings[y * _fft.Columns + x]];
                else if (y + x > 0 && (c[x] != 0 || c[x + im] != 0)) weight = 1 / Math.Sqrt((double)c[x] * c[x] + (double)c[x + im] * c[x + im]);
                double tells = (x == 0 || 2 * x == _fft.Shape.X ? 1 : 2) * weight * c[x];
                (yy, yx, xx) = (yy + tells * fy * fy, yx + tells * fy * fx, xx + tells * fx * fx);
                weight *= down * across[x];
                c[x] = (float)(c[x] * weight);
                c[x + im] = (float)(c[x + im] * weight);
                total += weight;
            }
        }

        double unit = 4 * Math.PI * Math.PI * _coherence.IndependentShare, determinant = yy * xx - yx * yx;
        _error = yy > 0 && determinant > 0 ? new Shift(Math.Sqrt(xx / (unit * determinant)), Math.Sqrt(yy / (unit * determinant))) : null;
        return total > 0;

        double Passed(double frequency) => Math.Exp(-2 * Math.PI * Math.PI * peak * peak * frequency * frequency);
    }

    /// <summary>The top of the correlation within reach; undoes the cross spectrum.</summary>
    private Shift? Peak(double reachY, double reachX)
    {
        _fft.InversePlane(_cross, _real, _scratch);
        int farthestY = Math.Min((int)reachY, _fft.Shape.Y / 2 - LogGaussian.Reach - 1), farthestX = Math.Min((int)reachX, _fft.Shape.X / 2 - LogGaussian.Reach - 1);
        (int bestY, int bestX, float best) = (0, 0, float.NegativeInfinity);
        for (int y = -farthestY; y <= farthestY; y++)
        {
            for (int x = -farthestX; x <= farthestX; x++)
            {
                if (Value(y, x) > best) (bestY, bestX, best) = (y, x, Value(y, x));
            }
        }

        for (int i = 0; i < _values.Length; i++)
            _values[i] = Value(bestY + i / LogGaussian.Edge - LogGaussian.Reach, bestX + i % LogGaussian.Edge - LogGaussian.Reach);
        return LogGaussian.Top(_values) is { } top ? top + new Shift(bestY, bestX) : null;
    }

    private float Value(int y, int x) =>
        _real[(nint)(y < 0 ? y + _fft.Shape.Y : y) * _fft.RealStride + (x < 0 ? x + _fft.Shape.X : x)];

    private float* Row(float* spectrum, int y) => spectrum + (nint)y * _fft.RowStride;

    /// <summary>Periods a pixel of a row of the spectrum; negative in its second half.</summary>
    private double Frequency(int y) => (double)(2 * y > _fft.Shape.Y ? y - _fft.Shape.Y : y) / _fft.Shape.Y;

    private static double[] Hann(int first, int end, double moved) => [.. Enumerable.Range(0, end - first)
        .Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * Math.Clamp((i + 0.5 - moved) / (end - first), 0, 1)))];

    private void Free()
    {
        NativeMemory.AlignedFree(_real);
        _real = null;
    }
}
