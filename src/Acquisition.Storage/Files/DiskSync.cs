using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Acquisition.Storage.Files;

/// <summary>Forces what was written to the disk, and tells when the disk refuses.</summary>
/// <remarks>The runtime's own way, <see cref="FileStream.Flush(bool)"/>, returns on Linux as if nothing had happened when fsync fails
/// (.NET 10.0), so that a volume would be acknowledged which the disk never took.</remarks>
internal static partial class DiskSync
{
    private const int Interrupted = 4;

    /// <summary>What is no file on a disk cannot be forced: EINVAL, EROFS, and ENOTSUP of Linux and macOS.</summary>
    private static readonly int[] NotForDisks = [22, 30, 95, 45];

    /// <exception cref="IOException">The disk refused; what was written since the last call may be lost.</exception>
    public static void Force(FileStream file)
    {
        if (OperatingSystem.IsWindows())
        {
            file.Flush(flushToDisk: true);
            return;
        }

        file.Flush();
        while (Sync(file.SafeFileHandle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (NotForDisks.Contains(error)) return;
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{file.Name}'", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
