using Acquisition.Core;
using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Moves the odd rows of a scan that goes to and fro onto the even ones.</summary>
/// <remarks>An odd row lies between two even ones, so it is compared with their mean, which samples the specimen where the odd row does.
/// All planes go into one estimate: phase correlation finds the shift to about a pixel, and cross-correlation around it finds the fraction,
/// which phase correlation draws towards whole pixels. What changes slowly along x is taken away first; a background whose rows differ
/// would be taken for a shift.</remarks>
internal sealed class LinePhaseCorrection(VolumeShape shape)
{
    /// <summary>Larger shifts are taken for a mistake; pixels.</summary>
    private const double LargestPx = 8;

    /// <summary>Estimates with a larger standard error are not used; pixels.</summary>
    private const double LargestErrorPx = 0.1;

    /// <summary>Odd samples that are looked at, at most; planes at even distances give them.</summary>
    private const int MaxSamples = 1 << 20;

    /// <summary>Standard deviation of the Gaussian mean along x that counts as background; pixels.</summary>
    private const double BackgroundPx = 4;

    private const int NarrowestPx = 32;

    private readonly int _pairs = (shape.Y - 1) / 2;
    private readonly float[] _window = Window.Hann(shape.X);
    private readonly float[] _moved = new float[shape.Y / 2 * shape.X];

    /// <summary>Estimates the shift of a volume and, where it is certain enough, takes it off.</summary>
    public LinePhase Correct(VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        LinePhase found = Estimate(volume, missing);
        if (found.CorrectedPx == 0) return found;
        for (int z = 0; z < shape.Z; z++)
            if (!missing.Contains(z)) MoveOddRows(volume.Plane<float>(z), -found.CorrectedPx);
        return found;
    }

    private LinePhase Estimate(VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        int[] planes = Choose(missing);
        if (planes.Length == 0) return new LinePhase();
        float[] even = new float[planes.Length * _pairs * shape.X], odd = new float[even.Length];
        for (int i = 0; i < planes.Length; i++)
            Separate(volume.Plane<float>(planes[i]), even.AsSpan(i * _pairs * shape.X), odd.AsSpan(i * _pairs * shape.X));
        TakeBackgroundOff(even);
        TakeBackgroundOff(odd);

        int rows = planes.Length * _pairs;
        Point2d coarse = OpenCv.PhaseCorrelate(Faded(even), Faded(odd), rows, shape.X, out _);
        // Neighbouring planes look alike, so the shift in y may be by whole planes.
        double offRow = Math.IEEERemainder(coarse.Y, _pairs);
        if (!(Math.Abs(coarse.X) <= LargestPx && Math.Abs(offRow) <= 1)) return new LinePhase();
        if (CorrelationPeak.Refine(even, odd, shape.X, (int)Math.Round(coarse.X)) is not { } fine) return new LinePhase();
        bool isCertain = fine.Error <= LargestErrorPx && Math.Abs(fine.Shift) <= LargestPx;
        return new LinePhase { EstimatedPx = fine.Shift, ErrorPx = fine.Error, CorrectedPx = isCertain ? fine.Shift : 0 };
    }

    private int[] Choose(ReadOnlySpan<int> missing)
    {
        var planes = new List<int>();
        for (int z = 0; z < shape.Z; z++)
            if (!missing.Contains(z)) planes.Add(z);
        int most = Math.Max(1, MaxSamples / Math.Max(1, _pairs * shape.X));
        int distance = (planes.Count + most - 1) / most;
        return _pairs <= 0 || shape.X < NarrowestPx ? [] : [.. planes.Where((_, i) => i % distance == 0)];
    }

    private void Separate(ReadOnlySpan<float> plane, Span<float> even, Span<float> odd)
    {
        int width = shape.X;
        for (int pair = 0; pair < _pairs; pair++)
        {
            ReadOnlySpan<float> rows = plane.Slice(2 * pair * width, 3 * width);
            for (int x = 0; x < width; x++)
            {
                even[pair * width + x] = 0.5f * (rows[x] + rows[2 * width + x]);
                odd[pair * width + x] = rows[width + x];
            }
        }
    }

    private unsafe void TakeBackgroundOff(float[] rows)
    {
        var background = new float[rows.Length];
        fixed (float* pixels = rows, smooth = background)
        {
            using Mat from = OpenCv.Over(pixels, rows.Length / shape.X, shape.X), to = OpenCv.Over(smooth, rows.Length / shape.X, shape.X);
            Cv2.GaussianBlur(from, to, new Size(6 * (int)BackgroundPx + 1, 1), BackgroundPx);
        }

        for (int i = 0; i < rows.Length; i++) rows[i] -= background[i];
        float mean = Window.Mean(rows);
        foreach (ref float pixel in rows.AsSpan()) pixel -= mean;
    }

    private float[] Faded(ReadOnlySpan<float> rows)
    {
        var faded = new float[rows.Length];
        for (int i = 0; i < faded.Length; i++) faded[i] = rows[i] * _window[i % shape.X];
        return faded;
    }

    private unsafe void MoveOddRows(Span<float> plane, double dx)
    {
        fixed (float* pixels = plane, moved = _moved)
            OpenCv.Move(pixels + shape.X, shape.Y / 2, shape.X, 2 * shape.X, 0, dx, moved);
        for (int row = 0; row < shape.Y / 2; row++)
            _moved.AsSpan(row * shape.X, shape.X).CopyTo(plane[((2 * row + 1) * shape.X)..]);
    }
}
