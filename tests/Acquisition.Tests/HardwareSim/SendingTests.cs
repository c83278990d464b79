using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.HardwareSim;

/// <summary>What a receiver in Python gets, against what the simulator says it sent.</summary>
public sealed class SendingTests : IDisposable
{
    private static readonly string[] Phantom = ["scan", "beads", "--shape", "8,16,24", "--timepoints", "5", "--channels", "2"];
    private const int Frames = 5 * 2 * 8;

    private readonly HardwareSimFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_scan_is_announced_before_every_volume_and_numbered_without_a_gap()
    {
        (HardwareSimRun run, JsonElement[] messages) = await ScanAsync("--scan-id", "6f1c0d9e-5a55-4f0e-9a6e-0d2b8f8a1c11", "--stream", "left");

        Assert.Equal(0, run.ExitCode);
        JsonElement[] starts = Of(messages, "start");
        Assert.Equal(10, starts.Length);
        Assert.Equal([false, .. Enumerable.Repeat(true, 9)], starts.Select(start => start.TryGetProperty("repeat", out var repeat) && repeat.GetBoolean()));
        Assert.All(starts, start => Assert.Equal(0UL, Number(start, "seq")));
        Assert.Equal("""{"t":5,"c":2,"z":8,"y":16,"x":24}""", starts[0].GetProperty("shape").GetRawText().Replace(" ", "", StringComparison.Ordinal));
        Assert.All(messages, message => Assert.Equal("6f1c0d9e-5a55-4f0e-9a6e-0d2b8f8a1c11", message.GetProperty("scan").GetString()));
        Assert.All(messages, message => Assert.StartsWith("acq.left.", message.GetProperty("topic").GetString(), StringComparison.Ordinal));

        JsonElement[] frames = Of(messages, "frame");
        Assert.Equal(Enumerable.Range(1, Frames).Select(n => (ulong)n), frames.Select(frame => Number(frame, "seq")));
        Assert.Equal(
            from t in Enumerable.Range(0, 5) from c in Enumerable.Range(0, 2) from z in Enumerable.Range(0, 8) select (t, c, z),
            frames.Select(Index));
        for (int i = 0; i < messages.Length - 1; i++)
        {
            if (messages[i].GetProperty("kind").GetString() == "start") Assert.Equal(0, Index(messages[i + 1]).Z);
        }

        JsonElement end = messages[^1];
        Assert.Equal(("end", Frames + 1UL, (ulong)Frames, "completed"),
            (end.GetProperty("kind").GetString(), Number(end, "seq"), Number(end, "frames"), end.GetProperty("status").GetString()));
        Assert.Equal(((ulong)Frames, 10UL, 80UL * 16 * 24 * 2),
            (Number(run.Summary, "frames_sent"), Number(run.Summary, "volumes"), Number(run.Summary, "bytes")));
    }

    [Fact]
    public async Task Faults_are_counted_exactly_and_strike_the_same_frames_every_time()
    {
        string[] faults = ["--drop", "0.2", "--duplicate", "0.1", "--shuffle", "--second-scan", "--fault-seed", "4"];
        (HardwareSimRun run, JsonElement[] messages) = await ScanAsync(faults);
        (_, JsonElement[] again) = await ScanAsync(faults);

        string scan = run.Summary.GetProperty("scan").GetString()!;
        JsonElement[] all = Of(messages, "frame");
        JsonElement[] own = [.. all.Where(frame => frame.GetProperty("scan").GetString() == scan)];
        ulong[] numbers = [.. own.Select(frame => Number(frame, "seq"))];
        ulong sent = Number(run.Summary, "frames_sent");
        Assert.Equal((ulong)numbers.Distinct().Count(), sent);
        Assert.Equal((ulong)Frames, sent + Number(run.Summary, "dropped"));
        Assert.Equal((ulong)(numbers.Length - numbers.Distinct().Count()), Number(run.Summary, "duplicated"));
        Assert.Equal((ulong)(all.Length - own.Length), Number(run.Summary, "other_scan"));
        Assert.Equal((ulong)all.Length * 16 * 24 * 2, Number(run.Summary, "bytes"));
        Assert.All((string[])["dropped", "duplicated", "other_scan"], fault => Assert.NotEqual(0UL, Number(run.Summary, fault)));

        // A frame keeps the number of its place, so that disorder shows.
        Assert.NotEqual(numbers.Order(), numbers);
        Assert.All(own, frame => Assert.Equal(Number(frame, "seq") - 1, (ulong)((Index(frame).T * 2 + Index(frame).C) * 8 + Index(frame).Z)));
        Assert.Equal(all.Select(Index), Of(again, "frame").Select(Index));

        // A camera does not know what got lost on the way.
        Assert.Equal((ulong)Frames, Number(messages[^1], "frames"));
    }

    [Fact]
    public async Task One_fault_does_not_move_another()
    {
        (_, JsonElement[] alone) = await ScanAsync("--drop", "0.2");
        (_, JsonElement[] together) = await ScanAsync("--drop", "0.2", "--shuffle", "--duplicate", "0.3");
        Assert.Equal(Of(alone, "frame").Select(Index), Of(together, "frame").Select(Index).Distinct().Order());
    }

    [Fact]
    public async Task A_source_that_dies_sends_so_many_frames_and_no_end()
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"], silenceSeconds: 2);
        HardwareSimRun run = await HardwareSimRun.InProcessAsync([.. Phantom, "--connect", "--address", receiver.Address, "--die-after", "11"]);
        JsonElement[] messages = await receiver.FinishAsync();

        Assert.Equal((9, ""), (run.ExitCode, run.Output));
        Assert.Equal(11, Of(messages, "frame").Length);
        Assert.Empty(Of(messages, "end"));
    }

    [Fact]
    public async Task A_publisher_lets_subscribers_join_before_it_starts()
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"], kind: "sub");
        HardwareSimRun run = await HardwareSimRun.InProcessAsync(
            [.. Phantom, "--pattern", "pub", "--connect", "--address", receiver.Address, "--fps", "200"]);
        JsonElement[] messages = await receiver.FinishAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Frames, Of(messages, "frame").Length);
        Assert.Equal("start", messages[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task The_program_picks_a_port_says_which_and_keeps_the_beat()
    {
        using Process simulator = HardwareSimRun.Start([.. Phantom, "--address", "tcp://127.0.0.1:*", "--fps", "200"]);
        string note = await HardwareSimRun.ReadNoteAsync(simulator, "listening on ");
        string address = note[(note.IndexOf("tcp", StringComparison.Ordinal))..];

        using HardwareSimReceiver receiver = HardwareSimReceiver.Connect(address, _folder["pixels"]);
        JsonElement[] messages = await receiver.FinishAsync();

        Assert.Equal(Frames, Of(messages, "frame").Length);
        string summary = await simulator.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await simulator.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, simulator.ExitCode);
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(summary);
        Assert.Equal(address, json.GetProperty("address").GetString());

        // 79 intervals of 5 ms at least; how much more, the machine decides.
        Assert.InRange(json.GetProperty("seconds").GetDouble(), 0.390, 60);
    }

    [Fact]
    public async Task Stopped_by_the_operator_it_says_so_to_the_receiver()
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"]);
        using Process simulator = HardwareSimRun.Start([.. Phantom, "--connect", "--address", receiver.Address, "--fps", "0.05"]);
        await HardwareSimRun.ReadNoteAsync(simulator, "scan ");
        await receiver.FirstMessageAsync();

        // The shell's own kill: the program of that name is not on every machine.
        using Process interrupt = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -INT {simulator.Id}")]);
        JsonElement[] messages = await receiver.FinishAsync();
        JsonElement end = messages[^1];
        await simulator.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("end", "aborted"), (end.GetProperty("kind").GetString(), end.GetProperty("status").GetString()));
        Assert.Equal((ulong)Of(messages, "frame").Length, Number(end, "frames"));
        Assert.Equal(Number(end, "frames") + 1, Number(end, "seq"));
        Assert.Equal(1, simulator.ExitCode);
    }

    [Fact]
    public async Task Without_a_receiver_it_says_what_it_waits_for()
    {
        using Process simulator = HardwareSimRun.Start([.. Phantom, "--address", "tcp://127.0.0.1:*"]);
        string listening = await HardwareSimRun.ReadNoteAsync(simulator, "listening on ");
        string waiting = await HardwareSimRun.ReadNoteAsync(simulator, "waiting");
        simulator.Kill();

        Assert.Contains(listening["listening on ".Length..], waiting, StringComparison.Ordinal);
    }

    private async Task<(HardwareSimRun Run, JsonElement[] Messages)> ScanAsync(params string[] more)
    {
        using HardwareSimReceiver receiver = await HardwareSimReceiver.BindAsync(_folder["pixels"]);
        HardwareSimRun run = await HardwareSimRun.InProcessAsync([.. Phantom, "--connect", "--address", receiver.Address, .. more]);
        Assert.True(run.ExitCode == 0, run.Notes);
        return (run, await receiver.FinishAsync());
    }

    private static JsonElement[] Of(JsonElement[] messages, string kind) =>
        [.. messages.Where(message => message.GetProperty("kind").GetString() == kind)];

    private static (int T, int C, int Z) Index(JsonElement frame)
    {
        JsonElement index = frame.GetProperty("index");
        return (index.GetProperty("t").GetInt32(), index.GetProperty("c").GetInt32(), index.GetProperty("z").GetInt32());
    }

    private static ulong Number(JsonElement message, string key) => message.GetProperty(key).GetUInt64();
}
