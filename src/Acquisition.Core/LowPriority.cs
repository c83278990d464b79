using System.Runtime.InteropServices;

namespace Acquisition.Core;

/// <summary>Lets the camera's threads go first where processors are short.</summary>
public static partial class LowPriority
{
    /// <summary>On Linux, from -20 (first) to 19; a thread of 10 gets a tenth of a processor that one of 0 wants as well.</summary>
    private const int Niceness = 10;

    /// <summary>Lowers the calling thread for good, and on Linux the threads that it starts from now on.</summary>
    /// <remarks>What the system refuses is left as it is: it costs speed, not results.</remarks>
    public static void Enter()
    {
        const int process = 0, callingThread = 0;
        if (OperatingSystem.IsLinux()) _ = SetPriority(process, callingThread, Niceness);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
