using System.Runtime.InteropServices;

namespace Acquisition.Storage.Files;

/// <summary>Forces what was written to the disk, and tells when the disk refuses.</summary>
/// <remarks>The runtime's own way, <see cref="FileStream.Flush(bool)"/>, returns on Linux as if nothing had happened when fsync fails
/// (.NET 10.0), so that a volume would be acknowledged which the disk never took.</remarks>
internal static unsafe class DiskSync
{
    private const int Interrupted = 4;

    /// <summary>What is no file on a disk cannot be forced: EINVAL, EROFS, and ENOTSUP of Linux and macOS.</summary>
    private static readonly int[] NotForDisks = [22, 30, 95, 45];

    // Looked up among all that the process has loaded, so that a library loaded before libc can stand in for it.
    private static readonly delegate* unmanaged<int, int> Sync = OperatingSystem.IsWindows()
        ? null
        : (delegate* unmanaged<int, int>)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "fsync");

    /// <exception cref="IOException">The disk refused; what was written since the last call may be lost.</exception>
    public static void Force(FileStream file)
    {
        if (Sync is null)
        {
            file.Flush(flushToDisk: true);
            return;
        }

        file.Flush();
        bool isHeld = false;
        try
        {
            file.SafeFileHandle.DangerousAddRef(ref isHeld);
            while (Sync((int)file.SafeFileHandle.DangerousGetHandle()) != 0)
            {
                int error = Marshal.GetLastSystemError();
                if (error == Interrupted) continue;
                if (NotForDisks.Contains(error)) return;
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{file.Name}'", error);
            }
        }
        finally
        {
            if (isHeld) file.SafeFileHandle.DangerousRelease();
        }
    }
}
