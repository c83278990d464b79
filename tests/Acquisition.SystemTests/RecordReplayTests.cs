using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>What was recorded goes out again, and gives the bytes that the live run gave.</summary>
public sealed class RecordReplayTests : IDisposable
{
    private readonly List<Workspace> _spaces = [];

    public void Dispose() => _spaces.ForEach(space => space.Dispose());

    [Fact]
    public async Task A_replay_gives_the_same_bytes_as_the_live_run_from_a_recording_and_from_the_run_itself()
    {
        // The same scan twice, byte for byte but for its clocks: once live, once into a recording. One frame in twenty is lost.
        string[] scan =
        [
            "scan", "nuclei", "--shape", "8,64,64", "--factor", "1,2,2", "--timepoints", "4", "--channels", "2", "--seed", "3",
            "--scan-id", "0d9c1a52-33d4-4f0c-9b66-2f0b3c7b8a11", "--drop", "0.05",
        ];
        string live = await RunAsync(scan);

        Workspace space = NewSpace();
        string recording = space.PathOf("scan.wire"), address = Workspace.FreeAddress();
        await using (RunningProcess recorder = RunningProcess.StartProgram("acquisition", "record", "--source", address, "--output", recording))
        await using (RunningProcess microscope = RunningProcess.StartProgram("hardware-sim", [.. scan, "--address", address]))
        {
            await microscope.SucceedsAsync();
            await recorder.SucceedsAsync();
            Assert.Contains("the scan has ended", recorder.Output, StringComparison.Ordinal);
        }

        string[] replays =
        [
            await RunAsync("replay", recording, "--speed", "max"),
            await RunAsync("replay", recording, "--speed", "0.5", "--new-scan-id"),
            await RunAsync("replay", live, "--speed", "max"),
            await RunAsync("replay", Path.Combine(live, "raw.zarr"), "--new-scan-id"),
        ];

        (string Name, byte[] Bytes)[] expected = Volumes(live);
        Assert.Equal(16, expected.Length); // raw and restored
        Assert.All(replays, replay =>
        {
            (string Name, byte[] Bytes)[] got = Volumes(replay);
            Assert.Equal(expected.Select(volume => volume.Name), got.Select(volume => volume.Name));
            Assert.All(expected.Zip(got), pair => Assert.True(pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes), $"{pair.First.Name} differs"));
        });
    }

    [Fact]
    public async Task A_recorder_killed_in_mid_scan_leaves_what_it_had()
    {
        Workspace space = NewSpace();
        string recording = space.PathOf("scan.wire"), address = Workspace.FreeAddress();
        await using (RunningProcess recorder = RunningProcess.StartProgram("acquisition", "record", "--source", address, "--output", recording))
        await using (RunningProcess microscope = RunningProcess.StartProgram(
            "hardware-sim", "scan", "beads", "--shape", "4,256,256", "--timepoints", "100000", "--address", address))
        {
            while (!File.Exists(recording) || new FileInfo(recording).Length < 4 << 20) await Task.Yield();
            recorder.Kill();
            await recorder.ExitAsync();
        }

        await using RunningProcess replay = RunningProcess.StartProgram(
            "hardware-sim", "replay", recording, "--speed", "max", "--pattern", "pub", "--address", Workspace.FreeAddress(), "--start-delay", "0");
        await replay.SucceedsAsync();
        Assert.InRange(SimulatorSummary.Of(replay).GetProperty("bytes").GetInt64(), 3 << 20, new FileInfo(recording).Length);
    }

    /// <summary>One whole run, with a network tuned in a few steps, and the folder that it leaves.</summary>
    private async Task<string> RunAsync(params string[] simulator)
    {
        Workspace space = NewSpace();
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", space.WriteConfig(address));
        await using RunningProcess microscope = RunningProcess.StartProgram("hardware-sim", [.. simulator, "--address", address]);
        await microscope.SucceedsAsync();
        await program.SucceedsAsync();
        return space.RunFolder;
    }

    private Workspace NewSpace()
    {
        _spaces.Add(new Workspace());
        return _spaces[^1];
    }

    private static (string Name, byte[] Bytes)[] Volumes(string run) =>
    [
        .. from dataset in (string[])["raw.zarr", "restored.zarr"]
           from file in Directory.GetFiles(Path.Combine(run, dataset, "0", "c"), "*", SearchOption.AllDirectories)
           let name = Path.GetRelativePath(run, file)
           orderby name
           select (name, File.ReadAllBytes(file)),
    ];
}
