using System.Reflection;
using System.Runtime.InteropServices;

namespace Acquisition.Storage.Zarr;

/// <summary>The thread-safe calls of C-Blosc 1.x.</summary>
internal static unsafe partial class BloscNative
{
    /// <summary>Bytes of a Blosc header, and the most by which compressed data can exceed the raw data.</summary>
    public const int Overhead = 16;

    private const string Library = "blosc";

    // Distributions install the bare name only for development, so the versioned ones come first.
    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["blosc.dll", "libblosc.dll"]
        : OperatingSystem.IsMacOS() ? ["libblosc.1.dylib", "libblosc.dylib"]
        : ["libblosc.so.1", "libblosc.so"];

    private static readonly nint Handle = Load();

    public static bool IsAvailable => Handle != 0;

    [LibraryImport(Library, EntryPoint = "blosc_compress_ctx", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Compress(
        int level, int shuffle, nuint typeBytes, nuint rawBytes, byte* raw, byte* packed, nuint packedBytes,
        string compressor, nuint blockBytes, int threads);

    [LibraryImport(Library, EntryPoint = "blosc_decompress_ctx")]
    public static partial int Decompress(byte* packed, byte* raw, nuint rawBytes, int threads);

    /// <summary>Checks that the header agrees with the number of bytes there are, which decompression trusts.</summary>
    [LibraryImport(Library, EntryPoint = "blosc_cbuffer_validate")]
    public static partial int Validate(byte* packed, nuint packedBytes, out nuint rawBytes);

    private static nint Load()
    {
        nint handle = 0;
        foreach (string name in FileNames)
            if (NativeLibrary.TryLoad(name, typeof(BloscNative).Assembly, searchPath: null, out handle)) break;

        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? handle : 0);
        return handle;
    }
}
