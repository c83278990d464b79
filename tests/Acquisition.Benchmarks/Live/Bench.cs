using System.Net;
using System.Net.Sockets;

namespace Acquisition.Benchmarks.Live;

/// <summary>A folder of its own for one measurement, with the program's configuration in it. Deleted afterwards.</summary>
internal sealed class Bench : IDisposable
{
    /// <param name="parent">On the disk to measure.</param>
    public Bench(string parent)
    {
        Folder = Path.Combine(parent, $"acquisition-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public string RunsFolder => Path.Combine(Folder, "runs");

    public static string FreeTcpAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"tcp://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }

    public string IpcAddress(string name) => $"ipc://{Path.Combine(Folder, name)}";

    /// <summary>Starts the program on a scan.</summary>
    /// <param name="restoration">Lines of that section, such as "model: cubic".</param>
    /// <param name="viewer">Address of its page; <see langword="null"/> for none.</param>
    public Child StartProgram(
        string source, string? publish, IEnumerable<string> restoration, string storage = "", IEnumerable<(string Name, string Value)>? environment = null,
        string? viewer = null)
    {
        string path = Path.Combine(Folder, "config.yaml");
        File.WriteAllText(path, $"""
            source:
              address: {source}
            storage:
              root: {RunsFolder}
              {storage}
            restoration:
              {string.Join("\n  ", restoration)}
            {(publish is null ? "" : $"publish:\n  address: {publish}\n  high_water_mark: 1000")}
            pipeline:
              first_frame_timeout_s: 300
              frame_timeout_s: 300
            viewer:
              {(viewer is null ? "enabled: false" : $"address: {viewer}")}
            """);
        return Child.Start("acquisition", environment ?? [], ["run", "--config", path]);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
