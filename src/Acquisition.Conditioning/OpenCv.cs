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
            return (fault is TypeInitializationException { InnerException: { } cause } ? cause : fault).Message;
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

    /// <summary>How far the second picture lies from the first one. Neither is changed.</summary>
    /// <param name="first">Fading to 0 at its borders, like the second.</param>
    internal static unsafe Point2d PhaseCorrelate(float[] first, float[] second, int rows, int columns, out double response)
    {
        // OpenCV pads pictures to a length that suits its Fourier transform, and is half a pixel wrong where that is odd.
        int height = EvenLength(rows), width = EvenLength(columns);
        fixed (float* a = Padded(first, rows, columns, height, width), b = Padded(second, rows, columns, height, width))
        {
            using Mat one = Over(a, height, width), two = Over(b, height, width), none = new();
            return Cv2.PhaseCorrelate(one, two, none, out response);
        }
    }

    /// <summary>The smallest even length, from the given one on, without prime factors above 5.</summary>
    private static int EvenLength(int length)
    {
        for (int even = length + length % 2; ; even += 2)
        {
            int rest = even;
            foreach (int prime in (ReadOnlySpan<int>)[2, 3, 5])
                while (rest % prime == 0) rest /= prime;
            if (rest == 1) return even;
        }
    }

    private static float[] Padded(float[] picture, int rows, int columns, int height, int width)
    {
        if (rows == height && columns == width) return picture;
        var padded = new float[height * width];
        for (int row = 0; row < rows; row++) picture.AsSpan(row * columns, columns).CopyTo(padded.AsSpan(row * width));
        return padded;
    }
}
