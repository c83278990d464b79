using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Storage.Zarr;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>A run as pages and programs see it through the viewer, and what is stored of it.</summary>
public sealed class ViewerTests : IDisposable
{
    private readonly Workspace _space = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task A_client_sees_slabs_previews_and_restored_volumes_whose_bytes_are_those_stored()
    {
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: "steps: 60\n  ensemble: false"), "--viewer", "http://127.0.0.1:0");
        string url = (await program.LineAsync(line => line.StartsWith("viewer: ", StringComparison.Ordinal)))["viewer: ".Length..];
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "neurites", "--address", address, "--timepoints", "200", "--fps", "60", "--shape", "16,64,64", "--factor", "2,2,2");

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(url.Replace("http", "ws", StringComparison.Ordinal) + "/live"), Cancel);
        bool slabs = false, preview = false, tuned = false;
        var hashes = new Dictionary<int, string>();
        string folder = "";
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await ReadAsync(socket);
            if (type == WebSocketMessageType.Close) break;
            if (type == WebSocketMessageType.Text)
            {
                using var text = JsonDocument.Parse(bytes);
                switch (text.RootElement.GetProperty("type").GetString())
                {
                    case "scan":
                        folder = text.RootElement.GetProperty("folder").GetString()!;
                        await SayAsync(socket, new { type = "look", views = new[] { new { kind = "raw", c = 0 }, new { kind = "restored", c = 0 } }, budget_voxels = 1 << 23 });
                        break;
                    case "status":
                        tuned |= text.RootElement.GetProperty("tuning_curve").GetArrayLength() > 0;
                        break;
                }

                continue;
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            using var header = JsonDocument.Parse(bytes.AsMemory(4, length));
            JsonElement volume = header.RootElement;
            bool isRaw = volume.GetProperty("kind").GetString() == "raw", isWhole = volume.GetProperty("complete").GetBoolean();
            slabs |= isRaw && !isWhole;
            preview |= volume.GetProperty("source").GetString() == "preview";
            if (!isRaw && volume.GetProperty("source").GetString() != "preview")
                hashes[volume.GetProperty("t").GetInt32()] = Convert.ToHexString(SHA256.HashData(bytes.AsSpan((4 + length + 7) / 8 * 8)));
            await SayAsync(socket, new { type = "ack", id = volume.GetProperty("id").GetInt64() });
            if (hashes.Count >= 3 && slabs && preview && tuned) break;
        }

        socket.Abort();
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
        Assert.True(slabs, "no partly received volume was seen");
        Assert.True(preview, "no preview was seen");
        Assert.True(tuned, "tuning was not told");
        Assert.True(hashes.Count >= 3, "fewer than three restored volumes were seen");
        AssertStored(folder, hashes);
    }

    [Fact]
    public async Task A_run_that_is_resumed_shows_what_is_stored_and_what_it_restores()
    {
        string address = Workspace.FreeAddress();
        await using (RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: "steps: 100\n  ensemble: false")))
        await using (RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "neurites", "--address", address, "--timepoints", "12", "--fps", "200", "--shape", "16,64,64", "--factor", "2,2,2"))
        {
            await simulator.SucceedsAsync();
            while (Acknowledged() < 12)
            {
                Assert.False(program.HasExited, program.Output);
                await Task.Yield();
            }

            program.KillAtOnce();
            await program.ExitAsync();
        }

        await using RunningProcess resumed = RunningProcess.StartProgram("acquisition", "resume", _space.RunFolder, "--viewer", "http://127.0.0.1:0");
        string url = (await resumed.LineAsync(line => line.StartsWith("viewer: ", StringComparison.Ordinal)))["viewer: ".Length..];
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(url.Replace("http", "ws", StringComparison.Ordinal) + "/live"), Cancel);
        var states = new HashSet<string>();
        var sources = new HashSet<string>();
        var hashes = new Dictionary<int, string>();
        string answer = "", lastAdvice = "";
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await ReadAsync(socket);
            if (type == WebSocketMessageType.Close) break;
            if (type == WebSocketMessageType.Text)
            {
                using var text = JsonDocument.Parse(bytes);
                switch (text.RootElement.GetProperty("type").GetString())
                {
                    case "scan":
                        Assert.Equal((true, false), (text.RootElement.GetProperty("live").GetBoolean(), text.RootElement.GetProperty("operator").GetBoolean()));
                        Assert.Equal(_space.RunFolder, text.RootElement.GetProperty("folder").GetString());
                        object[] views = [new { kind = "raw", c = 0, t = 0 }, new { kind = "restored", c = 0 }];
                        await SayAsync(socket, new { type = "look", views, budget_voxels = 1 << 23 });
                        await SayAsync(socket, new { type = "do", action = "stop" });
                        break;
                    case "answer":
                        answer = text.RootElement.GetProperty("reason").GetString()!;
                        break;
                    case "status":
                        states.Add(text.RootElement.GetProperty("state").GetString()!);
                        lastAdvice = text.RootElement.GetProperty("advice").GetString()!;
                        Assert.DoesNotContain("stored run", lastAdvice, StringComparison.Ordinal);
                        break;
                }

                continue;
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            using var header = JsonDocument.Parse(bytes.AsMemory(4, length));
            JsonElement volume = header.RootElement;
            string source = volume.GetProperty("source").GetString()!, kind = volume.GetProperty("kind").GetString()!;
            sources.Add($"{kind} {source}");
            if (kind == "restored" && source != "preview")
                hashes[volume.GetProperty("t").GetInt32()] = Convert.ToHexString(SHA256.HashData(bytes.AsSpan((4 + length + 7) / 8 * 8)));
            await SayAsync(socket, new { type = "ack", id = volume.GetProperty("id").GetInt64() });
        }

        await resumed.SucceedsAsync();
        Assert.Equal(["draining", "finished"], states.Order());
        Assert.Contains("raw stored", sources);
        Assert.Contains("restored live", sources);
        Assert.Contains("The scan is over", answer, StringComparison.Ordinal);
        Assert.Contains("The run is over", lastAdvice, StringComparison.Ordinal);
        Assert.Contains($"to look at it again: acquisition view {_space.RunFolder}", resumed.Output, StringComparison.Ordinal);
        AssertStored(_space.RunFolder, hashes);
    }

    [Fact]
    public async Task A_stored_run_is_viewed_and_read_by_zarrita_over_http()
    {
        string address = Workspace.FreeAddress();
        await using (RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic")))
        await using (RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "scan", "beads", "--address", address, "--timepoints", "3", "--shape", "8,32,32"))
        {
            await simulator.SucceedsAsync();
            await program.SucceedsAsync();
        }

        await using RunningProcess view = RunningProcess.StartProgram("acquisition", "view", _space.RunFolder, "--viewer", "http://127.0.0.1:0");
        string url = (await view.LineAsync(line => line.StartsWith("viewer: ", StringComparison.Ordinal)))["viewer: ".Length..];
        using var http = new HttpClient();
        JsonElement status = default;
        while (status.ValueKind == JsonValueKind.Undefined || !status.TryGetProperty("volumes", out _))
            status = JsonDocument.Parse(await http.GetStringAsync(new Uri(url + "/api/status"), Cancel)).RootElement;
        Assert.Equal(("finished", 3), (status.GetProperty("state").GetString(), status.GetProperty("volumes").GetProperty("restored").GetInt32()));
        Assert.Contains("stored run", status.GetProperty("advice").GetString(), StringComparison.Ordinal);

        foreach (string name in (string[])["raw.zarr", "restored.zarr"])
        {
            await Workspace.NodeAsync("read_zarrita.mjs", Path.Combine(_space.RunFolder, name), _space.PathOf("file"));
            await Workspace.NodeAsync("read_zarrita.mjs", $"{url}/data/{name}", _space.PathOf("http"));
            Assert.Equal(await File.ReadAllBytesAsync(_space.PathOf("file"), Cancel), await File.ReadAllBytesAsync(_space.PathOf("http"), Cancel));
        }

        view.Interrupt();
        await view.SucceedsAsync();
    }

    [Fact]
    public async Task Zarrita_reads_a_run_over_http_while_the_scan_goes_on()
    {
        string camera = Workspace.FreeAddress();
        var runs = new RampRuns(_space);
        await using RunningProcess program = runs.Run(camera);
        string url = await RampRuns.AddressAsync(program);
        // The camera holds its breath within the second of three volumes.
        await using RunningProcess simulator = await runs.PlayAsync(camera, timePoints: 3, "--stall-after", $"{RampRuns.Planes + 3}", "--stall-ms", "600000");
        using var http = new HttpClient();
        while (await VolumesAsync() is not { Raw: 1, Restored: 1, IsOver: false }) Cancel.ThrowIfCancellationRequested();

        byte[] expected = [.. from t in Enumerable.Range(0, 3) from z in Enumerable.Range(0, RampRuns.Planes) from y in Enumerable.Range(0, RampRuns.Rows)
                              from x in Enumerable.Range(0, RampRuns.Columns) from part in BitConverter.GetBytes((ushort)(t == 0 ? RampRuns.Value(t, z, y, x) : 0)) select part];
        foreach (string name in (string[])["raw.zarr", "restored.zarr"])
        {
            await Workspace.NodeAsync("read_zarrita.mjs", $"{url}/data/{name}", _space.PathOf("http"));
            Assert.Equal(expected, await File.ReadAllBytesAsync(_space.PathOf("http"), Cancel));
            await Workspace.NodeAsync("read_zarrita.mjs", Path.Combine(_space.RunFolder, name), _space.PathOf("file"));
            Assert.Equal(expected, await File.ReadAllBytesAsync(_space.PathOf("file"), Cancel));
        }

        Assert.Equal((1, 1, false), await VolumesAsync());
        program.Interrupt();
        await program.ExitAsync();

        async Task<(int Raw, int Restored, bool IsOver)> VolumesAsync()
        {
            using JsonDocument status = JsonDocument.Parse(await http.GetStringAsync(new Uri(url + "/api/status"), Cancel));
            return status.RootElement.TryGetProperty("volumes", out JsonElement volumes)
                ? (volumes.GetProperty("assembled").GetInt32(), volumes.GetProperty("restored").GetInt32(), status.RootElement.GetProperty("state").GetString() == "finished")
                : default;
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_costs_the_next_one_and_no_run()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        string address = Workspace.FreeAddress(), wanted = $"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}";
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(address, restoration: "model: cubic"), "--viewer", wanted);
        string said = await program.LineAsync(line => line.StartsWith("viewer: ", StringComparison.Ordinal));
        Assert.NotEqual($"viewer: {wanted}", said);
        Assert.Contains("is taken by another program", program.Output, StringComparison.Ordinal);
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", "scan", "beads", "--address", address, "--timepoints", "1", "--shape", "4,16,16");
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();
    }

    /// <summary>Raw volumes that the ledger tells of so far.</summary>
    private int Acknowledged()
    {
        Cancel.ThrowIfCancellationRequested();
        if (!Directory.Exists(_space.RunsFolder) || Directory.GetFiles(_space.RunsFolder, "ledger.jsonl", SearchOption.AllDirectories) is not [var path]) return 0;
        using var ledger = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return ledger.ReadToEnd().Split("\"volume-stored\"").Length - 1;
    }

    /// <summary>Volumes that were seen are those on disk.</summary>
    /// <param name="hashes">SHA-256 of the samples, by time point.</param>
    private static void AssertStored(string folder, Dictionary<int, string> hashes)
    {
        Assert.NotEmpty(hashes);
        var reader = ZarrReader.Open(Path.Combine(folder, "restored.zarr"));
        using var pool = new VolumePool(64L << 20);
        VolumeBuffer stored = pool.TryRent(reader.Shape, reader.PixelType)!;
        foreach (var (t, hash) in hashes)
        {
            reader.ReadVolume(new VolumeIndex(t, 0), stored);
            using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int z = 0; z < stored.Shape.Z; z++) sum.AppendData(stored.Plane(z));
            Assert.Equal(hash, Convert.ToHexString(sum.GetHashAndReset()));
        }

        stored.Release();
    }

    private static Task SayAsync(ClientWebSocket socket, object message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancel);

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReadAsync(ClientWebSocket socket)
    {
        using var whole = new MemoryStream();
        var part = new byte[256 << 10];
        WebSocketReceiveResult got;
        do
        {
            got = await socket.ReceiveAsync(part, Cancel);
            whole.Write(part, 0, got.Count);
        }
        while (!got.EndOfMessage);
        return (got.MessageType, whole.ToArray());
    }
}
