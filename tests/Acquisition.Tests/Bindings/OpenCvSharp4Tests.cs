using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Acquisition.Tests.Support;
using OpenCvSharp;
using Xunit;

namespace Acquisition.Tests.Bindings;

public sealed unsafe class OpenCvSharp4Tests : IDisposable
{
    // One size that suits OpenCV's Fourier transform as it is, and one that must be padded.
    public static TheoryData<int, int> Sizes => new() { { 64, 80 }, { 61, 67 } };

    private readonly AppTempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Sizes))]
    public void Medians_are_those_of_python(int rows, int columns)
    {
        float[] a = Write("a", rows, columns, seed: 1);
        Ask(rows, columns);
        Assert.Equal(Read("median3"), Made(a, rows, columns, rows, columns, (from, to) => Cv2.MedianBlur(from, to, 3)));
        Assert.Equal(Read("median5"), Made(a, rows, columns, rows, columns, (from, to) => Cv2.MedianBlur(from, to, 5)));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Blurred_pictures_are_those_of_python(int rows, int columns)
    {
        float[] a = Write("a", rows, columns, seed: 6);
        Ask(rows, columns);
        AssertClose(Read("gaussian"), Made(a, rows, columns, rows, columns, (from, to) =>
            Cv2.GaussianBlur(from, to, new Size(7, 3), 1.7, 0.8, BorderTypes.Replicate)));
        AssertClose(Read("across"), Made(a, rows, columns, rows, columns, (from, to) => Cv2.GaussianBlur(from, to, new Size(25, 1), 4)));
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Warped_pictures_are_those_of_python(int rows, int columns)
    {
        float[] a = Write("a", rows, columns, seed: 2);
        Ask(rows, columns);
        double[] map = [1, 0.1, 2.3, -0.05, 1, -1.7];
        fixed (double* pixels = map)
        {
            using var affine = Mat.FromPixelData(2, 3, MatType.CV_64FC1, (nint)pixels);
            var size = new Size(columns + 3, rows - 2);
            AssertClose(Read("nearest"), Made(a, rows, columns, size.Height, size.Width, (from, to) => Cv2.WarpAffine(
                from, to, affine, size, InterpolationFlags.Nearest, borderValue: new Scalar(7.5, 0, 0, 0))));
            AssertClose(Read("linear"), Made(a, rows, columns, size.Height, size.Width, (from, to) => Cv2.WarpAffine(from, to, affine, size)));
            AssertClose(Read("cubic"), Made(a, rows, columns, size.Height, size.Width, (from, to) => Cv2.WarpAffine(
                from, to, affine, size, InterpolationFlags.Cubic | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate)));
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Rows_with_gaps_are_read_by_their_step(int rows, int columns)
    {
        float[] a = Write("a", rows, columns, seed: 3), moved = new float[rows / 2 * columns];
        Ask(rows, columns);
        double[] map = [1, 0, -0.5, 0, 1, 0];
        fixed (double* offsets = map)
        fixed (float* from = a, to = moved)
        {
            using Mat odd = Mat.FromPixelData(rows / 2, columns, MatType.CV_32FC1, (nint)(from + columns), 2L * columns * sizeof(float));
            using Mat result = Mat.FromPixelData(rows / 2, columns, MatType.CV_32FC1, (nint)to);
            using Mat affine = Mat.FromPixelData(2, 3, MatType.CV_64FC1, (nint)offsets);
            Cv2.WarpAffine(odd, result, affine, new Size(columns, rows / 2), InterpolationFlags.Cubic, BorderTypes.Replicate);
        }

        AssertClose(Read("odd"), moved);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Phase_correlation_is_that_of_python_with_a_window_and_without(int rows, int columns)
    {
        float[] a = Write("a", rows, columns, seed: 4), b = Write("b", rows, columns, seed: 5, startOf: a);
        double[][] expected = [.. Ask(rows, columns)];
        float[] window = Read("window"), first = [.. a], second = [.. b];

        double[] without = Correlate(first, second, [], rows, columns);
        Assert.Equal(a, first);
        Assert.Equal(b, second);
        double[] with = Correlate(first, second, window, rows, columns); // may change its pictures

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(expected[0][i], without[i], 1e-6);
            Assert.Equal(expected[1][i], with[i], 1e-6);
        }
    }

    [Fact]
    public void What_OpenCV_refuses_is_an_exception_with_its_words()
    {
        var fault = Assert.Throws<OpenCVException>(() => Made(new float[16], 4, 4, 4, 4, (from, to) => Cv2.MedianBlur(from, to, 4)));
        Assert.Equal(ErrorCode.StsAssert, fault.Status);
        Assert.Contains("medianBlur", fault.FuncName, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("ksize", fault.ErrMsg, StringComparison.Ordinal);
        Assert.True(fault.Line > 0);
        Assert.EndsWith(".cpp", fault.FileName, StringComparison.Ordinal);
    }

    [Fact]
    public void A_matrix_is_not_used_after_it_was_disposed()
    {
        var gone = new Mat();
        gone.Dispose();
        using var mat = new Mat();
        Assert.Throws<ObjectDisposedException>(() => Cv2.MedianBlur(gone, mat, 3));
    }

    [Fact]
    public void A_missing_library_is_named_with_the_command_that_installs_it()
    {
        Assembly binding = typeof(Mat).Assembly;
        MethodInfo? load = binding.GetType("OpenCvSharp.Native.ExternLibrary")?.GetMethod("Load", BindingFlags.Static | BindingFlags.NonPublic);
        Assert.SkipWhen(load is null, "The OpenCvSharp4 package has its own way.");

        var thrown = Assert.Throws<TargetInvocationException>(() => load.Invoke(null, ["libabsent.so", binding]));

        var missing = Assert.IsType<DllNotFoundException>(thrown.InnerException);
        Assert.Contains("libabsent.so", missing.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install g++ libopencv-core-dev libopencv-imgproc-dev", missing.Message, StringComparison.Ordinal);
    }

    private static float[] Made(float[] picture, int rows, int columns, int madeRows, int madeColumns, Action<Mat, Mat> make)
    {
        float[] made = new float[madeRows * madeColumns];
        fixed (float* from = picture, to = made)
        {
            using Mat source = Mat.FromPixelData(rows, columns, MatType.CV_32FC1, (nint)from);
            using Mat target = Mat.FromPixelData(madeRows, madeColumns, MatType.CV_32FC1, (nint)to);
            make(source, target);
        }

        return made;
    }

    private static double[] Correlate(float[] a, float[] b, float[] weights, int rows, int columns)
    {
        fixed (float* first = a, second = b, window = weights)
        {
            using Mat one = Mat.FromPixelData(rows, columns, MatType.CV_32FC1, (nint)first);
            using Mat two = Mat.FromPixelData(rows, columns, MatType.CV_32FC1, (nint)second);
            using Mat three = weights.Length == 0 ? new Mat() : Mat.FromPixelData(rows, columns, MatType.CV_32FC1, (nint)window);
            Point2d shift = Cv2.PhaseCorrelate(one, two, three, out double response);
            return [shift.X, shift.Y, response];
        }
    }

    // Another version of OpenCV may round otherwise, by the 1/32 of a pixel that it counts in.
    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(Volumes.MaxError(expected, found), 0, 0.01);
    }

    /// <param name="startOf">What the picture shows three rows down and five columns to the right; else it is random throughout.</param>
    private float[] Write(string name, int rows, int columns, int seed, float[]? startOf = null)
    {
        var random = new Random(seed);
        float[] picture = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle())];
        for (int y = 3; startOf is not null && y < rows; y++)
            startOf.AsSpan((y - 3) * columns, columns - 5).CopyTo(picture.AsSpan(y * columns + 5));
        File.WriteAllBytes(PathOf(name), MemoryMarshal.AsBytes<float>(picture));
        return picture;
    }

    private IEnumerable<double[]> Ask(int rows, int columns)
    {
        if (!File.Exists(PathOf("b"))) File.Copy(PathOf("a"), PathOf("b"));
        return StorageOracles.RunPython("opencv.py", _folder.Path, $"{rows}", $"{columns}").Trim().Split('\n')
            .Select(line => line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray());
    }

    private float[] Read(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(PathOf(name))).ToArray();

    private string PathOf(string name) => Path.Combine(_folder.Path, name + ".f32");
}
