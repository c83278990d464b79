using System.Reflection;
using System.Runtime.InteropServices;

namespace NetMQ.Native;

/// <summary>Finds libzmq, and says how to get it where it is missing.</summary>
internal static class ZmqLibrary
{
    public const string ImportName = "libzmq";

    private static readonly string[] FileNames =
        OperatingSystem.IsWindows() ? ["libzmq.dll"]
        : OperatingSystem.IsMacOS() ? ["libzmq.5.dylib", "/opt/homebrew/lib/libzmq.5.dylib", "/usr/local/lib/libzmq.5.dylib"]
        : ["libzmq.so.5"];

    public static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(ZmqLibrary).Assembly, (name, assembly, _) =>
            name == ImportName ? Load(FileNames, assembly) : 0);

    /// <exception cref="DllNotFoundException">None of the files can be loaded.</exception>
    internal static nint Load(string[] fileNames, Assembly assembly)
    {
        foreach (string fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, assembly, DllImportSearchPath.SafeDirectories, out nint handle)) return handle;
        }

        throw new DllNotFoundException(
            $"ZeroMQ's library {fileNames[0]} is not on this machine, and no socket opens without it. Install it: "
            + "apt-get install libzmq5 (Debian, Ubuntu), dnf install zeromq (Fedora), brew install zeromq (macOS).");
    }
}
