using System.Reflection;
using System.Runtime.InteropServices;

namespace OpenCvSharp.Native;

/// <summary>Finds the library that was compiled with this assembly, and says how to get it where it is missing.</summary>
internal static class ExternLibrary
{
    public const string ImportName = "OpenCvSharpExtern";

    private const string FileName = "libOpenCvSharpExtern.so";

    public static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(ExternLibrary).Assembly, (name, assembly, _) =>
            name == ImportName ? Load(FileName, assembly) : 0);

    /// <exception cref="DllNotFoundException">It was not compiled, or OpenCV itself is missing.</exception>
    internal static nint Load(string fileName, Assembly assembly)
    {
        try
        {
            return NativeLibrary.Load(fileName, assembly, DllImportSearchPath.AssemblyDirectory);
        }
        catch (Exception missing) when (missing is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"OpenCV cannot be used, because {fileName} is not beside the program or lacks OpenCV's own libraries. Install them and build "
                + "again: apt-get install g++ libopencv-core-dev libopencv-imgproc-dev (Debian, Ubuntu). A program that was built elsewhere needs "
                + "only libopencv-core406 and libopencv-imgproc406.", missing);
        }
    }
}
