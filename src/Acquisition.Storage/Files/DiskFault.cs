using System.Globalization;
using Acquisition.Core;

namespace Acquisition.Storage.Files;

/// <summary>Turns what the file system throws into a <see cref="StorageException"/> that says what to do.</summary>
internal static class DiskFault
{
    // Linux and macOS report errno, Windows an HRESULT around its own code.
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsQuota = unchecked((int)0x8007050F);

    /// <summary>Whether <paramref name="fault"/> comes from the file system rather than from a defect here.</summary>
    public static bool Is(Exception fault) => fault is IOException or UnauthorizedAccessException;

    /// <param name="action">What was being done, completing "Cannot …": "store volume t0 c0".</param>
    /// <param name="path">The file or folder it was done to.</param>
    /// <param name="neededBytes">Most bytes it takes; <see langword="null"/> when reading.</param>
    public static StorageException Translate(Exception fault, string action, string path, long? neededBytes = null)
    {
        bool full = IsDiskFull(fault);
        string why = fault switch
        {
            _ when full => $"the disk or the quota is full: up to {Size(neededBytes)} needed, {Size(FreeBytes(path))} free. "
                + "Make room, or choose another place",
            UnauthorizedAccessException => "access is denied. Give this user the right to it, or choose another place",
            DirectoryNotFoundException or DriveNotFoundException => "a folder of that path does not exist. "
                + "Make it, or check that its disk is mounted",
            FileNotFoundException => "there is no such file. Check the path",
            _ => fault.Message.TrimEnd('.') + ". Check the disk",
        };
        return new StorageException($"Cannot {action} at '{path}': {why}.", fault) { DiskFull = full };
    }

    public static bool IsDiskFull(Exception fault) =>
        fault is IOException
        && (OperatingSystem.IsWindows()
            ? fault.HResult is WindowsDiskFull or WindowsHandleDiskFull or WindowsQuota
            : fault.HResult == NoSpace || fault.HResult == (OperatingSystem.IsMacOS() ? QuotaMac : QuotaLinux));

    /// <summary>Bytes this user may still write on the disk that holds <paramref name="path"/>, or <see langword="null"/> when unknown.</summary>
    public static long? FreeBytes(string path)
    {
        string? existing = Path.GetFullPath(path);
        while (existing is not null && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing);
        if (existing is null) return null;
        try
        {
            return new DriveInfo(existing).AvailableFreeSpace;
        }
        catch (Exception fault) when (Is(fault) || fault is ArgumentException)
        {
            // A network share on Windows has no drive letter, so its free space cannot be asked for this way.
            return null;
        }
    }

    private static string Size(long? bytes) => bytes switch
    {
        null => "an unknown amount",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes ({bytes.Value / 1048576.0:0.#} MiB)"),
    };
}
