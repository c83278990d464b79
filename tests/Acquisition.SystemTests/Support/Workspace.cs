using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>A folder of its own for one test, with the program, the simulator and Python at hand. Deleted afterwards.</summary>
internal sealed class Workspace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("acquisition-test-").FullName;

    public string RunsFolder => Path.Combine(Folder, "runs");

    /// <summary>The only run below <see cref="RunsFolder"/>.</summary>
    public string RunFolder => Assert.Single(Directory.GetDirectories(RunsFolder));

    /// <summary>That run, or nothing before there is one.</summary>
    public string RunFolderOrNone => Directory.Exists(RunsFolder) && Directory.GetDirectories(RunsFolder) is [var only] ? only : "";

    /// <summary>The repository, found upwards from the tests.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The report of the only run.</summary>
    public JsonElement Report => ReportOf(RunFolder);

    public string PathOf(string name) => Path.Combine(Folder, name);

    public static string FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"tcp://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }

    /// <summary>Writes a configuration; restoration is quick unless told otherwise, and a subscriber may sleep through a whole run
    /// without losing a message, as it does on a busy machine.</summary>
    public string WriteConfig(string source, string? publish = null, string restoration = "steps: 5\n  ensemble: false", int frameTimeoutSec = 60, string more = "",
        string viewer = "enabled: false")
    {
        string path = PathOf("config.yaml");
        File.WriteAllText(path, $"""
            source:
              address: {source}
            storage:
              root: {RunsFolder}
            restoration:
              {restoration}
            {(publish is null ? "" : $"publish:\n  address: {publish}\n  high_water_mark: 1000")}
            pipeline:
              first_frame_timeout_s: 60
              frame_timeout_s: {frameTimeoutSec}
            viewer:
              {viewer}
            {more}
            """);
        return path;
    }

    /// <summary>A copy of a configuration that is shipped, with few training steps.</summary>
    public string QuickConfig(string file)
    {
        string path = PathOf(file);
        File.WriteAllText(path, Regex.Replace(File.ReadAllText(Path.Combine(Repository, "configs", file)), @"\bsteps: \d+", "steps: 10"));
        return path;
    }

    public static JsonElement ReportOf(string runFolder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(runFolder, "report.json")));
        return document.RootElement.Clone();
    }

    /// <summary>Runs a Python script of tests/oracles to its end and returns what it printed.</summary>
    public static async Task<string> PythonAsync(string script, params string[] arguments)
    {
        await using RunningProcess python = RunningProcess.Start(
            "/usr/bin/python3", [Path.Combine(Repository, "tests", "oracles", script), .. arguments]);
        await python.SucceedsAsync();
        return python.Output;
    }

    /// <summary>Runs a Node script of tests/oracles, with the packages pinned there.</summary>
    public static async Task NodeAsync(string script, params string[] arguments)
    {
        await using RunningProcess node = RunningProcess.Start("node", [Path.Combine(await NodePackagesAsync(), "..", script), .. arguments]);
        await node.SucceedsAsync();
    }

    /// <summary>The folder of the Node packages that tests/oracles pins, installed when one is missing.</summary>
    public static async Task<string> NodePackagesAsync()
    {
        string oracles = Path.Combine(Repository, "tests", "oracles"), packages = Path.Combine(oracles, "node_modules");
        if (!File.Exists(Path.Combine(packages, "zarrita", "package.json")) || !File.Exists(Path.Combine(packages, "axe-core", "axe.min.js")))
        {
            await using RunningProcess install = RunningProcess.Start("npm", "ci", "--no-audit", "--no-fund", "--prefix", oracles);
            await install.SucceedsAsync();
        }

        return packages;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Acquisition.sln"))) return folder.FullName;
        throw new UnreachableException("The tests do not lie inside the repository.");
    }
}
