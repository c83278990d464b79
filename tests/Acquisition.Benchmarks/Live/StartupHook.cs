using System.Globalization;

/// <summary>Runs inside the program that is measured, which loads this assembly because DOTNET_STARTUP_HOOKS says so: tells how much the
/// managed heap holds.</summary>
internal static class StartupHook
{
    /// <summary>Names the file to tell it in: bytes, as text.</summary>
    public const string FileVariable = "ACQUISITION_HEAP_FILE";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is not { } path) return;
        Tell(path);
        new Thread(() =>
        {
            while (true)
            {
                Thread.Sleep(Period);
                Tell(path);
            }
        })
        { IsBackground = true, Name = "heap" }.Start();
    }

    private static void Tell(string path)
    {
        // What lives, without what only waits to be collected; in a new file, so that a reader never sees half a number.
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            File.WriteAllText($"{path}.new", bytes.ToString(CultureInfo.InvariantCulture));
            File.Move($"{path}.new", path, overwrite: true);
        }
        catch (IOException)
        {
            // The measurement is over and its folder gone.
        }
    }
}
