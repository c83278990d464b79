using System.Runtime.InteropServices;
using System.Text;

namespace Acquisition.Storage.Files;

/// <summary>Forces what was written to the disk, and tells when the disk refuses.</summary>
/// <remarks>The runtime's own way, <see cref="FileStream.Flush(bool)"/>, returns on Linux as if nothing had happened when fsync fails
/// (.NET 10.0), so that a volume would be acknowledged which the disk never took.</remarks>
internal static unsafe class DiskSync
{
    private const int Interrupted = 4;

    /// <summary>What is no file on a disk cannot be forced: EINVAL, EROFS, and ENOTSUP of Linux and macOS.</summary>
    private static readonly int[] NotForDisks = [22, 30, 95, 45];

    private const int ReadOnly = 0, CloseOnExec = 0x80000, CloseOnExecMac = 0x1000000;

    // Looked up among all that the process has loaded, so that a library loaded before libc can stand in for it.
    private static readonly delegate* unmanaged<int, int> Sync = (delegate* unmanaged<int, int>)Find("fsync");
    private static readonly delegate* unmanaged<byte*, int, int> Open = (delegate* unmanaged<byte*, int, int>)Find("open");
    private static readonly delegate* unmanaged<int, int> Close = (delegate* unmanaged<int, int>)Find("close");

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
            Force((int)file.SafeFileHandle.DangerousGetHandle(), file.Name);
        }
        finally
        {
            if (isHeld) file.SafeFileHandle.DangerousRelease();
        }
    }

    /// <summary>Forces the names in a folder to the disk, so that a file that was renamed into it is found there after a loss of power.</summary>
    /// <remarks>Journals keep the order of changes: folders that were made before on the way to this one are safe with it. Nothing to do
    /// on Windows, which logs names by itself.</remarks>
    /// <exception cref="IOException">The disk refused; names given since the last call may be lost.</exception>
    public static void ForceFolder(string path)
    {
        if (Sync is null) return;
        int descriptor;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            while ((descriptor = Open(name, ReadOnly | (OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExec))) < 0)
                if (Marshal.GetLastSystemError() is not Interrupted and var error) throw Refused(error, path);
        }

        try
        {
            Force(descriptor, path);
        }
        finally
        {
            _ = Close(descriptor); // nothing was written by it
        }
    }

    private static void Force(int descriptor, string path)
    {
        while (Sync(descriptor) != 0)
        {
            int error = Marshal.GetLastSystemError();
            if (error == Interrupted) continue;
            if (NotForDisks.Contains(error)) return;
            throw Refused(error, path);
        }
    }

    private static IOException Refused(int error, string path) => new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);

    private static nint Find(string function) =>
        OperatingSystem.IsWindows() ? 0 : NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), function);
}
