using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Files;

/// <summary>Lets an open file's reads and writes pass the page cache (O_DIRECT). Linux on x64 and arm64; elsewhere files stay as they are.</summary>
internal static partial class DirectAccess
{
    /// <summary>EINVAL: what a file system says that cannot.</summary>
    public const int InvalidArgument = 22;

    private const int GetFlags = 3;
    private const int SetFlags = 4;

    private static readonly int Direct = !OperatingSystem.IsLinux() ? 0 : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 0x4000,
        Architecture.Arm64 => 0x10000,
        _ => 0,
    };

    /// <returns>False when the file stays as it is.</returns>
    public static bool TrySet(SafeFileHandle file, bool isDirect)
    {
        if (Direct == 0) return false;
        int flags = Control(file, GetFlags, 0);
        return flags >= 0 && Control(file, SetFlags, isDirect ? flags | Direct : flags & ~Direct) == 0;
    }

    // fcntl takes any number of arguments; on these two processors one of them goes where a declared one would.
    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
