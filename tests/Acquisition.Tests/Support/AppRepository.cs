namespace Acquisition.Tests.Support;

/// <summary>Where the sources lie, found from the folder that the tests run in.</summary>
internal static class AppRepository
{
    public static string Root { get; } = Find();

    public static string File(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "Acquisition.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"Acquisition.sln lies in no folder above {AppContext.BaseDirectory}.");
    }
}
