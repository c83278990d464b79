using Acquisition.Core;

namespace Acquisition.Storage.Files;

/// <summary>Keeps a run folder to one program: a file that is open without sharing, which the system undoes with the process.</summary>
/// <remarks>The file is empty and stays. Taking it away would let one program lock the old file and another a new one.</remarks>
internal sealed class RunLock : IDisposable
{
    public const string FileName = "run.lock";

    // What the system says of a file that another process keeps to itself: EAGAIN of Linux and macOS, ERROR_SHARING_VIOLATION.
    private const int TakenLinux = 11;
    private const int TakenMac = 35;
    private const int TakenWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <exception cref="StorageException">Another program has the folder, or the disk refused.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException fault) when (fault.HResult is TakenLinux or TakenMac or TakenWindows)
        {
            throw new StorageException($"Another program is writing to the run '{folder}'. Wait for its end, or end it first.", fault);
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "take a run folder", path, neededBytes: 0);
        }
    }

    /// <summary>Whether a program is writing to the run. Asked in an instant in which another one takes it, that one is refused.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static bool IsTaken(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException fault) when (fault.HResult is TakenLinux or TakenMac or TakenWindows)
        {
            return true;
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "look at a run folder", path);
        }
    }

    public void Dispose() => _file.Dispose();
}
