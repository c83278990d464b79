using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>Slurm on this machine alone: authentication, controller and one node as processes of this test, on the loopback.</summary>
/// <remarks>Needs root, as Slurm's own daemons do, and the packages that <see cref="WhyUnavailable"/> names.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class SlurmCluster : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"];

    private readonly List<RunningProcess> _daemons = [];

    private SlurmCluster(string folder) => Folder = folder;

    private string Folder { get; }

    private string Configuration => Path.Combine(Folder, "slurm.conf");

    public static string? WhyUnavailable() =>
        Programs.FirstOrDefault(program => !File.Exists(program)) is { } missing ? $"{missing} is not installed (Debian: slurmctld slurmd slurm-client munge)."
        : !Environment.IsPrivilegedProcess ? "Slurm's daemons need root."
        : null;

    /// <param name="folder">For keys, state and logs; made here.</param>
    /// <param name="cpus">Of the node.</param>
    public static async Task<SlurmCluster> StartAsync(string folder, int cpus)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var cluster = new SlurmCluster(folder);
        string key = Path.Combine(folder, "munge.key"), socket = Path.Combine(folder, "munge.sock"), host = Dns.GetHostName().Split('.')[0];
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(128), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        string template = Path.Combine(Workspace.Repository, "tests", "Acquisition.SystemTests", "Support", "slurm.conf");
        string settings = (await File.ReadAllTextAsync(template, TestContext.Current.CancellationToken))
            .Replace("{folder}", folder, StringComparison.Ordinal).Replace("{host}", host, StringComparison.Ordinal)
            .Replace("{cpus}", $"{cpus}", StringComparison.Ordinal)
            .Replace("{controller_port}", $"{FreePort()}", StringComparison.Ordinal).Replace("{node_port}", $"{FreePort()}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(cluster.Configuration, settings, TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        Directory.CreateDirectory(Path.Combine(folder, "spool"));
        cluster.Daemon("/usr/sbin/munged", "--foreground", "--force", $"--key-file={key}", $"--socket={socket}", $"--pid-file={folder}/munged.pid", $"--log-file={folder}/munged.log", $"--seed-file={folder}/munged.seed");
        await cluster.UntilAsync("munged answers", () => Task.FromResult(File.Exists(socket)));
        cluster.Daemon("/usr/sbin/slurmctld", "-D", "-i");
        cluster.Daemon("/usr/sbin/slurmd", "-D");
        await cluster.UntilAsync("the node is idle", async () => (await cluster.RunAsync("/usr/bin/sinfo", "--noheader", "--format=%T")).Trim() == "idle");
        return cluster;
    }

    /// <summary>Runs a program that talks to the cluster, and returns what it printed; fails with its exit code.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        await using RunningProcess process = Start(program, arguments);
        await process.ExitAsync();
        return process.Output;
    }

    /// <summary>How each task of an array stands, by squeue: "PENDING", "RUNNING", "COMPLETED", "FAILED" and so on.</summary>
    public async Task<string[]> StatesAsync(string job) =>
        [.. (await RunAsync("/usr/bin/squeue", "--noheader", "--array", "--states=all", "--format=%T", $"--jobs={job}")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>Asks again until something holds.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(4)) Assert.Fail($"Not so in four minutes: {what}. {string.Join('\n', _daemons.Select(daemon => daemon.Output))}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningProcess daemon in Enumerable.Reverse(_daemons)) await daemon.DisposeAsync();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Daemon(string program, params string[] arguments) => _daemons.Add(Start(program, arguments));

    private RunningProcess Start(string program, string[] arguments) =>
        RunningProcess.Start("/usr/bin/env", [$"SLURM_CONF={Configuration}", program, .. arguments]);
}
