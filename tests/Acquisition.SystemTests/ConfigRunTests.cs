using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Every configuration that is shipped, run with the simulator; networks are trained for a few steps only.</summary>
public sealed class ConfigRunTests : IDisposable
{
    private readonly Workspace _space = new();

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(Workspace.Repository, "configs"), "*.yaml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => _space.Dispose();

    [Theory, MemberData(nameof(Files))]
    public async Task It_takes_a_scan_and_restores_it(string file)
    {
        string config = _space.QuickConfig(file), text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        bool publishes = text.Contains("\npublish:", StringComparison.Ordinal), isPub = text.Contains("pattern: pub-sub", StringComparison.Ordinal);
        string address = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", [
                "run", "--config", config, "--source", address, "--output", _space.RunsFolder, "--viewer", "off",
                .. publishes ? (string[])["--publish", Workspace.FreeAddress()] : [],
                .. text.Contains("\nscoring:", StringComparison.Ordinal) ? (string[])["--truth", _space.Folder] : [],
            ]);
        await program.LineAsync(line => line.StartsWith("Waiting for a microscope", StringComparison.Ordinal));
        // Isotropic models take planes that lie apart; the others are undersampled.
        string[] scan = text.Contains("\nisotropy:", StringComparison.Ordinal)
            ? ["--shape", "8,80,72", "--voxel", "0.8,0.2,0.2", "--factor", "1,1,1"]
            : ["--shape", "16,80,72", "--factor", "2,2,2", "--truth", _space.Folder];
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", ["scan", "neurites", .. scan, "--timepoints", "2", "--address", address, "--stream", StreamOf(text), .. isPub ? (string[])["--pattern", "pub", "--fps", "50"] : []]);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        JsonElement report = _space.Report;
        Assert.True(report.GetProperty("ledger_closes").GetBoolean());
        Assert.Equal(2, report.GetProperty("status").GetProperty("volumes").GetProperty("restored").GetInt64());
    }

    private static string StreamOf(string text) =>
        text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("stream:", StringComparison.Ordinal) && !line.Contains('*', StringComparison.Ordinal)) is { } line
            ? line.Split('"')[1]
            : "sim";
}
