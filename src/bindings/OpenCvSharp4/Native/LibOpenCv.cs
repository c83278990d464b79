using System.Runtime.InteropServices;

namespace OpenCvSharp.Native;

/// <summary>The C interface of Native/OpenCvSharpExtern.cpp. Each function returns 0, or 1 after an error.</summary>
internal static unsafe partial class LibOpenCv
{
    private const string Name = ExternLibrary.ImportName;

    static LibOpenCv() => ExternLibrary.Register();

    [LibraryImport(Name)]
    public static partial int core_Mat_new1(out MatHandle result);

    [LibraryImport(Name)]
    public static partial int core_Mat_new8(int rows, int cols, int type, nint data, nuint step, out MatHandle result);

    [LibraryImport(Name)]
    public static partial int core_Mat_delete(nint mat);

    [LibraryImport(Name)]
    public static partial int imgproc_medianBlur(MatHandle src, MatHandle dst, int ksize);

    [LibraryImport(Name)]
    public static partial int imgproc_GaussianBlur(
        MatHandle src, MatHandle dst, int width, int height, double sigmaX, double sigmaY, int border);

    [LibraryImport(Name)]
    public static partial int imgproc_warpAffine(
        MatHandle src, MatHandle dst, MatHandle m, int width, int height, int flags, int border, double* value);

    [LibraryImport(Name)]
    public static partial int imgproc_phaseCorrelate(
        MatHandle src1, MatHandle src2, MatHandle window, out double response, out double x, out double y);

    [LibraryImport(Name)]
    private static partial void core_lastError(out int code, out byte* function, out byte* message, out byte* file, out int line);

    /// <exception cref="OpenCVException">The call just made on this thread has failed.</exception>
    public static void Check(int status)
    {
        if (status == 0) return;
        core_lastError(out int code, out byte* function, out byte* message, out byte* file, out int line);
        throw new OpenCVException((ErrorCode)code, Text(function), Text(message), Text(file), line);
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
