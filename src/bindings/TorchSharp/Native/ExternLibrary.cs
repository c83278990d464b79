using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Finds the library that was compiled with this assembly, and says how to get it where it is missing.</summary>
internal static partial class ExternLibrary
{
    public const string ImportName = "TorchSharpExtern";

    private const string FileName = "libTorchSharpExtern.so";

    /// <summary>Names another file than the one beside the assembly.</summary>
    public const string PathVariable = "ACQUISITION_TORCH_EXTERN";

    public static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(ExternLibrary).Assembly, (name, assembly, _) =>
            name == ImportName ? Load(Environment.GetEnvironmentVariable(PathVariable) ?? FileName, assembly) : 0);

    /// <exception cref="DllNotFoundException">It was not compiled, or libtorch itself is missing.</exception>
    internal static unsafe nint Load(string fileName, Assembly assembly)
    {
        // OpenMP reads these when libtorch is loaded, and only from the environment that C has. Threads that spin as long as they
        // wait would take the processor from those that work, the camera's among them; those that sleep at once wake late for small layers.
        SetDefault("OMP_WAIT_POLICY", "passive");
        SetDefault("GOMP_SPINCOUNT", "3000");
        try
        {
            nint library = NativeLibrary.Load(fileName, assembly, DllImportSearchPath.AssemblyDirectory);
            bool isTuned = Environment.GetEnvironmentVariable("MALLOC_MMAP_MAX_") is not null;
            ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "torch_initialize"))(isTuned ? 0 : 1);
            return library;
        }
        catch (Exception missing) when (missing is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"libtorch cannot be used, because {fileName} is not beside the program or lacks libtorch's own libraries. Install them and "
                + "build again: apt-get install g++ libtorch-dev libopenblas0-pthread (Debian, Ubuntu), or set LIBTORCH to the folder of "
                + "another libtorch. A program that was built elsewhere needs only libtorch1.13 and libopenblas0-pthread.", missing);
        }
    }

    private static void SetDefault(string name, string value)
    {
        if (OperatingSystem.IsLinux()) _ = SetVariable(name, value, overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
