using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Between pixels of this program and OpenCV's matrices.</summary>
public static class OpenCv
{
    /// <summary>Why OpenCV cannot be used, and what to install; <see langword="null"/> when it can.</summary>
    public static string? WhyUnavailable()
    {
        try
        {
            using var mat = new Mat();
            return null;
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            return (fault.InnerException as DllNotFoundException ?? fault).Message;
        }
    }

    /// <summary>A header over float32 pixels, which must stay where they are.</summary>
    /// <param name="stride">Pixels from one row to the next; 0 for rows without gaps.</param>
    internal static unsafe Mat Over(float* pixels, int rows, int columns, int stride = 0) =>
        Mat.FromPixelData(rows, columns, MatType.CV_32FC1, (nint)pixels, (long)stride * sizeof(float));

    /// <summary>Moves a picture by a fraction of pixels, by cubic interpolation; what comes in from outside repeats the border.</summary>
    /// <param name="source">Rows of <paramref name="stride"/> pixels.</param>
    /// <param name="destination">Receives the picture without gaps; must not overlap.</param>
    internal static unsafe void Move(float* source, int rows, int columns, int stride, double dy, double dx, float* destination)
    {
        double* map = stackalloc double[] { 1, 0, dx, 0, 1, dy };
        using Mat from = Over(source, rows, columns, stride), to = Over(destination, rows, columns);
        using var affine = Mat.FromPixelData(2, 3, MatType.CV_64FC1, (nint)map);
        Cv2.WarpAffine(from, to, affine, new Size(columns, rows), InterpolationFlags.Cubic, BorderTypes.Replicate);
    }

    /// <summary>How far the second picture lies from the first one. Neither is changed, because neither is weighted here.</summary>
    internal static unsafe Point2d PhaseCorrelate(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rows, int columns, out double response)
    {
        fixed (float* a = first, b = second)
        {
            using Mat one = Over(a, rows, columns), two = Over(b, rows, columns), none = new();
            return Cv2.PhaseCorrelate(one, two, none, out response);
        }
    }
}
