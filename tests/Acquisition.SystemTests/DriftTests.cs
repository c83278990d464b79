using System.Text.Json;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>A specimen that goes out of focus in mid-scan, for the real program.</summary>
public sealed class DriftTests : IDisposable
{
    private const int TimePoints = 14, Blurred = 6;

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Out_of_focus_volumes_are_never_worse_than_projected_and_the_ledger_tells_what_was_tried()
    {
        string address = Workspace.FreeAddress(), truth = _space.PathOf("truth");
        string config = _space.WriteConfig(address, restoration: "steps: 100\n  ensemble: false\n  refresh: true", more: $"scoring:\n  truth: {truth}");
        await using RunningProcess program = RunningProcess.StartProgram("acquisition", "run", "--config", config);
        await using RunningProcess simulator = RunningProcess.StartProgram(
            "hardware-sim", "scan", "neurites", "--shape", "16,128,128", "--factor", "1,2,2", "--timepoints", $"{TimePoints}", "--interval-ms", "700", "--photons", "20000",
            "--psf-um", "1.0,0.35,0.35", "--defocus-from", $"{Blurred}", "--defocus-um", "1.0", "--truth", truth, "--address", address);
        await simulator.SucceedsAsync();
        await program.SucceedsAsync();

        JsonElement[] ledger = [.. File.ReadLines(Path.Combine(_space.RunFolder, "ledger.jsonl")).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        JsonElement[] Of(string kind) => [.. ledger.Where(line => line.GetProperty("kind").GetString() == kind)];
        JsonElement[] restored = [.. Of("volume-restored").OrderBy(T)];
        Assert.Equal(Enumerable.Range(0, TimePoints), restored.Select(T));

        // The network restores what it was tuned for, and is spared where the gauge says that it would do harm.
        Assert.All(restored[..Blurred], volume => Assert.Equal("self-vision", Text(volume, "method")));
        Assert.All(restored, volume =>
        {
            bool isSpared = volume.GetProperty("gauge").GetProperty("carries").GetDouble() < 0.5;
            Assert.Equal((isSpared, isSpared), (Text(volume, "model_sha256").Length == 0, Text(volume, "note").StartsWith("restored without the network", StringComparison.Ordinal)));
        });
        Assert.Contains(restored[Blurred..], volume => Text(volume, "method") == "cubic+back-projection");

        // The change is told, and what was tried about it.
        JsonElement drift = Of("drift")[0];
        Assert.True(drift.GetProperty("is_refreshed").GetBoolean());
        Assert.InRange(T(drift), Blurred, TimePoints - 1);
        JsonElement[] chosen = Of("model-chosen");
        if (chosen.Length == 1)
        {
            Assert.Contains(Of("warning"), warning => Text(warning, "message").StartsWith("Channel 0 keeps its model: tuned again", StringComparison.Ordinal));
        }
        else
        {
            int from = chosen[1].GetProperty("from_time_point").GetInt32();
            Assert.InRange(from, Blurred + 1, TimePoints);
            Assert.All(restored[from..], volume => Assert.True(Text(volume, "model_sha256") == "" || Text(volume, "model_sha256") == Text(chosen[^1], "model_sha256")));
        }

        JsonElement[] scores = [.. _space.Report.GetProperty("scores").GetProperty("volumes").EnumerateArray()];
        Assert.Equal(TimePoints, scores.Length);
        Assert.All(scores, volume => Assert.True(Db(volume, "restored") > Db(volume, "projected") - 0.1, volume.GetRawText()));

        static double Db(JsonElement volume, string picture) => volume.GetProperty(picture).GetProperty("psnr_db").GetDouble();
        static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
        static int T(JsonElement line) => line.GetProperty("index").GetProperty("t").GetInt32();
    }
}
