using System.Runtime.InteropServices;

namespace Acquisition.Storage.Inputs.OmeZarr;

/// <summary>Decompression by the system's libzstd, where it is there.</summary>
/// <remarks>Bound through function pointers: an assembly has one resolver of libraries, and Blosc has it.</remarks>
internal static unsafe class ZstdNative
{
    // Distributions install the bare name only for development, so the versioned ones come first.
    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["zstd.dll", "libzstd.dll"]
        : OperatingSystem.IsMacOS() ? ["libzstd.1.dylib", "libzstd.dylib"]
        : ["libzstd.so.1", "libzstd.so"];

    private static readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nuint> Decompress;
    private static readonly delegate* unmanaged[Cdecl]<nuint, uint> IsError;

    static ZstdNative()
    {
        nint library = 0;
        foreach (string name in FileNames)
            if (NativeLibrary.TryLoad(name, typeof(ZstdNative).Assembly, searchPath: null, out library)) break;
        if (library == 0 || !NativeLibrary.TryGetExport(library, "ZSTD_decompress", out nint decompress)
            || !NativeLibrary.TryGetExport(library, "ZSTD_isError", out nint isError)) return;
        Decompress = (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, nuint>)decompress;
        IsError = (delegate* unmanaged[Cdecl]<nuint, uint>)isError;
    }

    public static bool IsAvailable => Decompress != null;

    /// <exception cref="InvalidDataException"><paramref name="packed"/> does not expand to exactly <paramref name="raw"/>.</exception>
    public static void Expand(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        fixed (byte* source = packed, target = raw)
        {
            nuint written = Decompress(target, (nuint)raw.Length, source, (nuint)packed.Length);
            if (IsError(written) != 0 || written != (nuint)raw.Length)
                throw new InvalidDataException($"its Zstandard data does not expand to {raw.Length} bytes");
        }
    }
}
