using OpenCvSharp.Native;

namespace OpenCvSharp;

/// <summary>OpenCV's functions.</summary>
/// <remarks>All throw <see cref="OpenCVException"/> for what OpenCV refuses.</remarks>
public static unsafe class Cv2
{
    /// <summary>Replaces each element by the median of the square around it; beyond a border, the border's element counts.</summary>
    /// <param name="ksize">Edge of the square, odd; 3 or 5 for float32.</param>
    public static void MedianBlur(InputArray src, OutputArray dst, int ksize)
    {
        ArgumentNullException.ThrowIfNull(src);
        ArgumentNullException.ThrowIfNull(dst);
        LibOpenCv.Check(LibOpenCv.imgproc_medianBlur(src.Mat.Handle, dst.Mat.Handle, ksize));
    }

    /// <summary>Replaces each element by a weighted mean of those around it.</summary>
    /// <param name="ksize">How many elements across and down count; odd.</param>
    /// <param name="sigmaX">Standard deviation of the weights across; elements.</param>
    /// <param name="sigmaY">The same down; 0 for that across.</param>
    public static void GaussianBlur(
        InputArray src, OutputArray dst, Size ksize, double sigmaX, double sigmaY = 0, BorderTypes borderType = BorderTypes.Default)
    {
        ArgumentNullException.ThrowIfNull(src);
        ArgumentNullException.ThrowIfNull(dst);
        LibOpenCv.Check(LibOpenCv.imgproc_GaussianBlur(src.Mat.Handle, dst.Mat.Handle, ksize.Width, ksize.Height, sigmaX, sigmaY, (int)borderType));
    }

    /// <summary>Moves elements by an affine map, whose offsets are rounded to 1/32 of an element.</summary>
    /// <param name="m">2×3, from source to destination; the other way round with <see cref="InterpolationFlags.WarpInverseMap"/>.</param>
    public static void WarpAffine(
        InputArray src, OutputArray dst, InputArray m, Size dsize, InterpolationFlags flags = InterpolationFlags.Linear,
        BorderTypes borderMode = BorderTypes.Constant, Scalar? borderValue = null)
    {
        ArgumentNullException.ThrowIfNull(src);
        ArgumentNullException.ThrowIfNull(dst);
        ArgumentNullException.ThrowIfNull(m);
        Scalar border = borderValue.GetValueOrDefault();
        double* value = stackalloc double[] { border.Val0, border.Val1, border.Val2, border.Val3 };
        LibOpenCv.Check(LibOpenCv.imgproc_warpAffine(
            src.Mat.Handle, dst.Mat.Handle, m.Mat.Handle, dsize.Width, dsize.Height, (int)flags, (int)borderMode, value));
    }

    /// <summary>How far the second picture lies from the first one, by phase correlation; elements, to a fraction.</summary>
    /// <remarks>OpenCV 4.6 multiplies the pictures by the window in place when their size suits its Fourier transform, so pass copies.</remarks>
    /// <param name="src1">One channel of float32 or float64; the second of the same size and type.</param>
    /// <param name="window">Weights, as large as the pictures; a matrix without elements for none.</param>
    /// <param name="response">Share of the correlation that lies at its peak; about 1 for equal pictures, near 0 for unrelated ones.</param>
    public static Point2d PhaseCorrelate(InputArray src1, InputArray src2, InputArray window, out double response)
    {
        ArgumentNullException.ThrowIfNull(src1);
        ArgumentNullException.ThrowIfNull(src2);
        ArgumentNullException.ThrowIfNull(window);
        LibOpenCv.Check(LibOpenCv.imgproc_phaseCorrelate(
            src1.Mat.Handle, src2.Mat.Handle, window.Mat.Handle, out response, out double x, out double y));
        return new Point2d(x, y);
    }
}
