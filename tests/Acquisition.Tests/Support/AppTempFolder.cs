namespace Acquisition.Tests.Support;

/// <summary>A folder of its own for one test, deleted with everything in it.</summary>
internal sealed class AppTempFolder : IDisposable
{
    public AppTempFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"acquisition-app-{Guid.NewGuid():N}");

    /// <summary>Path of an entry in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a file of zeros.</summary>
    public void Fill(string name, int bytes) => File.WriteAllBytes(this[name], new byte[bytes]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
