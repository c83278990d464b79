namespace Acquisition.Tests.Support;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class HardwareSimFolder : IDisposable
{
    public string Location { get; } = Directory.CreateTempSubdirectory("hardware-sim-").FullName;

    public string this[string name] => Path.Combine(Location, name);

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
