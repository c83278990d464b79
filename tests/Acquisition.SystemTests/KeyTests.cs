using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Who may feed a run and who may listen to it, between real processes; those in Python are libzmq's own.</summary>
public sealed class KeyTests : IDisposable
{
    private const int Planes = 4, TimePoints = 3;
    private static readonly string[] Scan = ["scan", "nuclei", "--shape", "4,32,32", "--factor", "1,2,2", "--timepoints", "3", "--seed", "5"];

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Those_with_keys_feed_a_run_and_listen_to_it_and_nobody_else_and_no_secret_gets_out()
    {
        string[] names = ["restorer", "microscope", "listener", "stranger", "leaver"];
        foreach (string name in names) await MakeKeyAsync(name);
        Allow("microscope", "listener", "leaver");
        string source = Workspace.FreeAddress(), publish = Workspace.FreeAddress(), page = Workspace.FreeAddress().Replace("tcp:", "http:", StringComparison.Ordinal);
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(
            source + "\n  bind: true" + ServerKeys, publish + ServerKeys, viewer: $"address: {page}"));
        await program.LineAsync(line => line.StartsWith("Ctrl-C ends", StringComparison.Ordinal));
        await using RunningProcess clients = RunningProcess.Start("/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "curve_clients.py"));

        foreach (var (type, address) in new[] { ("PUSH", source), ("SUB", publish) })
        {
            Assert.Equal("refused", await AskAsync(clients, type, address, "stranger", "restorer")); // a wrong key
            Assert.Equal("failed", await AskAsync(clients, type, address, "listener", "microscope")); // another server than expected
            Assert.Equal("failed", await AskAsync(clients, type, address)); // no key
            Assert.Equal("in", await AskAsync(clients, type, address, "leaver", "restorer"));
        }

        Allow("microscope", "listener");
        Assert.Equal("refused", await AskAsync(clients, "PUSH", source, "leaver", "restorer"));
        Assert.Equal("refused", await AskAsync(clients, "SUB", publish, "leaver", "restorer"));
        string status;
        using (var http = new HttpClient()) status = await http.GetStringAsync(new Uri(page + "/api/status"), TestContext.Current.CancellationToken);

        string folder = _space.PathOf("volumes");
        await using RunningProcess listener = RunningProcess.Start(
            "/usr/bin/python3", Path.Combine(Workspace.Repository, "tests", "oracles", "collect_volumes.py"), publish, folder, Secret("listener"), Public("restorer"));
        await listener.LineAsync(line => line == "ready");
        await using RunningProcess client = RunningProcess.Start("/usr/bin/python3", "-c", """
            import sys
            sys.path.insert(0, sys.argv[1])
            from acquisition_client import volumes
            heard = volumes(sys.argv[2], keys=(sys.argv[3], sys.argv[4]), timeout_s=120)
            heard.wait_for_run(120)
            print("ready", flush=True)
            print(sum(1 for volume in heard), "volumes")
            """, PythonClient.Folder, publish, Secret("listener"), Public("restorer"));
        await client.LineAsync(line => line == "ready");
        await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim",
            [.. Scan, "--connect", "--address", source, "--secret-key-file", Secret("microscope"), "--server-key-file", Public("restorer")]);
        await microscope.SucceedsAsync();
        await program.SucceedsAsync();
        await listener.SucceedsAsync();
        await client.SucceedsAsync();
        Assert.Equal($"ready\n{TimePoints} volumes", client.Output);

        RequireWhole();
        // One stranger and one who had left at each of both sockets; who has no key, or the wrong server's, never says whose key it is.
        Assert.Equal(4, _space.Report.GetProperty("status").GetProperty("refused_clients").GetInt32());
        Assert.Contains(_space.Report.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("its key is not listed", StringComparison.Ordinal));
        Assert.Contains("4 tries to connect without a listed key", program.Output, StringComparison.Ordinal);
        Assert.Equal(TimePoints, Directory.GetFiles(folder, "*.npy").Length);
        Assert.Contains(Secret("restorer"), File.ReadAllText(Path.Combine(_space.RunFolder, "run.yaml")), StringComparison.Ordinal);
        foreach (string name in names)
        {
            string secret = File.ReadAllText(Secret(name)).Trim();
            foreach (string told in (string[])[program.Output, microscope.Output, clients.Output, status]) Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
            byte[] bytes = Encoding.ASCII.GetBytes(secret);
            foreach (string file in Directory.GetFiles(_space.RunFolder, "*", SearchOption.AllDirectories))
                Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(bytes) < 0, $"{file} holds the secret key of {name}");
        }
    }

    [Fact]
    public async Task A_run_connects_to_a_microscope_that_binds_with_keys()
    {
        foreach (string name in (string[])["restorer", "microscope"]) await MakeKeyAsync(name);
        Allow("restorer");
        string source = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(
            source + $"\n  secret_key_file: {Secret("restorer")}\n  server_key_file: {Public("microscope")}"));
        await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim",
            [.. Scan, "--address", source, "--secret-key-file", Secret("microscope"), "--allowed-keys-file", _space.PathOf("allowed")]);
        await microscope.SucceedsAsync();
        await program.SucceedsAsync();

        RequireWhole();
    }

    [Fact]
    public async Task A_recorder_hears_a_microscope_that_asks_for_keys()
    {
        foreach (string name in (string[])["recorder", "microscope"]) await MakeKeyAsync(name);
        Allow("recorder");
        string source = Workspace.FreeAddress(), recording = _space.PathOf("scan.wire");
        await using RunningProcess recorder = RunningProcess.StartProgram(
            "acquisition", "record", "--source", source, "--output", recording, "--secret-key-file", Secret("recorder"), "--server-key-file", Public("microscope"));
        await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim",
            [.. Scan, "--address", source, "--secret-key-file", Secret("microscope"), "--allowed-keys-file", _space.PathOf("allowed")]);
        await microscope.SucceedsAsync();
        await recorder.SucceedsAsync();
        Assert.Contains($"{Planes * TimePoints} frames, 1 ends", recorder.Output, StringComparison.Ordinal);
        Assert.True(File.ReadAllBytes(recording).AsSpan().IndexOf(Encoding.ASCII.GetBytes(File.ReadAllText(Secret("recorder")).Trim())) < 0);
    }

    [Fact]
    public async Task A_recorder_that_binds_lets_in_whose_key_is_listed()
    {
        foreach (string name in (string[])["recorder", "microscope"]) await MakeKeyAsync(name);
        Allow("microscope");
        string source = Workspace.FreeAddress(), recording = _space.PathOf("scan.wire");
        await using RunningProcess recorder = RunningProcess.StartProgram(
            "acquisition", "record", "--source", source, "--bind", "--output", recording, "--secret-key-file", Secret("recorder"), "--allowed-keys-file", _space.PathOf("allowed"));
        await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim",
            [.. Scan, "--connect", "--address", source, "--secret-key-file", Secret("microscope"), "--server-key-file", Public("recorder")]);
        await microscope.SucceedsAsync();
        await recorder.SucceedsAsync();
        Assert.Contains($"{Planes * TimePoints} frames", recorder.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thousands_of_connections_that_never_speak_leave_a_run_unharmed(bool hasKeys)
    {
        const int Silent = 3000;
        foreach (string name in (string[])["restorer", "microscope"]) await MakeKeyAsync(name);
        Allow("microscope");
        string source = Workspace.FreeAddress(), publish = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(
            source + "\n  bind: true" + (hasKeys ? ServerKeys : ""), publish + (hasKeys ? ServerKeys : "")));
        await program.LineAsync(line => line.StartsWith("Ctrl-C ends", StringComparison.Ordinal));
        List<TcpClient> flood = [];
        try
        {
            while (flood.Count < Silent)
            {
                var client = new TcpClient();
                flood.Add(client);
                await ConnectAsync(client, EndPointOf(flood.Count % 2 == 0 ? source : publish));
            }

            string[] keys = hasKeys ? ["--secret-key-file", Secret("microscope"), "--server-key-file", Public("restorer")] : [];
            await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim", [.. Scan, "--connect", "--address", source, .. keys]);
            await microscope.SucceedsAsync();
            await program.SucceedsAsync();
        }
        finally
        {
            flood.ForEach(client => client.Dispose());
        }

        RequireWhole();
    }

    /// <summary>The program says that it waits a moment before its socket listens.</summary>
    private static async Task ConnectAsync(TcpClient client, IPEndPoint endPoint)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException) when (clock.Elapsed < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    private string ServerKeys => $"\n  secret_key_file: {Secret("restorer")}\n  allowed_keys_file: {_space.PathOf("allowed")}";

    private string Secret(string name) => _space.PathOf(name + ".secret");

    private string Public(string name) => _space.PathOf(name + ".public");

    private async Task MakeKeyAsync(string name)
    {
        await using RunningProcess keygen = RunningProcess.StartProgram("acquisition", "keygen", _space.PathOf(name));
        await keygen.SucceedsAsync();
    }

    private void Allow(params string[] names) => File.WriteAllLines(_space.PathOf("allowed"), names.Select(name => File.ReadAllText(Public(name)).TrimEnd()));

    private Task<string> AskAsync(RunningProcess clients, string type, string address, string? own = null, string? server = null) => clients.AskAsync(
        JsonSerializer.Serialize(new { type, address, secret = own is null ? null : Secret(own), server = server is null ? null : Public(server) }));

    /// <summary>Every frame that was sent has been stored, every volume restored, and nothing else has come.</summary>
    private void RequireWhole()
    {
        JsonElement status = _space.Report.GetProperty("status"), frames = status.GetProperty("frames");
        Assert.Equal("completed", status.GetProperty("outcome").GetString());
        Assert.Equal((Planes * TimePoints, Planes * TimePoints), (frames.GetProperty("received").GetInt32(), frames.GetProperty("stored").GetInt32()));
        Assert.Empty(frames.GetProperty("refused").EnumerateObject());
        Assert.Equal(TimePoints, status.GetProperty("volumes").GetProperty("restored").GetInt32());
    }

    private static IPEndPoint EndPointOf(string address) => IPEndPoint.Parse(address["tcp://".Length..]);
}
