namespace Acquisition.Tests.Support;

/// <summary>A folder of its own for one test, gone with it.</summary>
internal sealed class StorageFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("acquisition-storage-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
