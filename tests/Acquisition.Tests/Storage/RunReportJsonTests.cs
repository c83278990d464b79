using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

public sealed class RunReportJsonTests
{
    private static readonly RunReport Report = new()
    {
        Status = new()
        {
            State = RunState.Finished,
            Reason = "The source said it was done.",
            Outcome = RunOutcome.DiskFull,
            Plan = StorageSamples.Plan(),
            Frames = new() { Received = 10, Stored = 9, Refused = Counts("Duplicate", 1), Sent = 10 },
            Volumes = new() { Assembled = 3, Restored = 2, Pending = 1 },
            Queues = [new("raw", "wait", 0, 0, 5, 10, 0)],
            Models = [new() { Channel = 0, Method = "self-vision", Reason = "better", TunedOn = new(0, 1), TuningTime = TimeSpan.FromSeconds(12.5) }],
            Lag = TimeSpan.FromMilliseconds(250),
            Elapsed = TimeSpan.FromSeconds(3),
        },
        StartedAt = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
        FinishedAt = new(2026, 3, 4, 5, 6, 10, TimeSpan.Zero),
        Timings = [new("restore", 2, 1, 2, 3, 4)],
        Warnings = ["µ"],
        Scores = new(new(20, 0.5), new(21.5, 0.6), new(double.PositiveInfinity, 1), [new(new(0, 1), new(20, 0.5), new(21.5, 0.6), new(22, 0.7))]),
    };

    [Fact]
    public void Keys_units_and_words_are_those_that_programs_rely_on()
    {
        JsonNode json = JsonNode.Parse(RunReportJson.Write(Report))!;
        Assert.Equal("2026-03-04T05:06:07+00:00", (string?)json["started_at"]);
        Assert.True((bool)json["ledger_closes"]!);
        Assert.Equal("""{"psnr_db":20,"ssim":0.5}""", json["scores"]!["cubic"]!.ToJsonString());
        Assert.Equal("""{"psnr_db":21.5,"ssim":0.6}""", json["scores"]!["projected"]!.ToJsonString());
        Assert.Equal("""{"psnr_db":"Infinity","ssim":1}""", json["scores"]!["restored"]!.ToJsonString());
        Assert.Equal("""{"t":0,"c":1}""", json["scores"]!["volumes"]![0]!["index"]!.ToJsonString());
        Assert.Equal("""{"stage":"restore","count":2,"p50_ms":1,"p95_ms":2,"p99_ms":3,"max_ms":4}""", json["timings"]![0]!.ToJsonString());

        JsonNode status = json["status"]!;
        Assert.Equal(("finished", "disk_full"), ((string?)status["state"], (string?)status["outcome"]));
        Assert.Equal((0.25, 3.0), ((double)status["lag_s"]!, (double)status["elapsed_s"]!));
        Assert.Equal(12.5, (double)status["models"]![0]!["tuning_time_s"]!);
        Assert.Equal("uint16", (string?)status["plan"]!["pixel_type"]);
        Assert.Equal("""{"z":3,"y":5,"x":7}""", status["plan"]!["shape"]!.ToJsonString());
        Assert.Equal("""{"z_um":2,"y_um":0.5,"x_um":0.25}""", status["plan"]!["voxel_size"]!.ToJsonString());
        Assert.Equal(1, (long)status["frames"]!["refused"]!["Duplicate"]!);
        Assert.Equal((10, 9, 10), ((long)status["frames"]!["received"]!, (long)status["frames"]!["stored"]!, (long)status["frames"]!["sent"]!));
    }

    [Fact]
    public void What_was_written_can_be_read_back()
    {
        using var folder = new StorageFolder();
        string text = RunReportJson.Write(Report);
        File.WriteAllText(folder["report.json"], text);
        RunReport read = RunReportJson.Read(folder["report.json"]);
        Assert.Equal(text, RunReportJson.Write(read));
        Assert.Equal(Report.Scores!.Restored, read.Scores!.Restored);
        Assert.Equal(Report.Status.Plan!.VoxelSize, read.Status.Plan!.VoxelSize);
        Assert.Equal(Report.Status.Lag, read.Status.Lag);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"status":{}}""")]
    public void What_is_no_report_is_refused_by_name(string text)
    {
        using var folder = new StorageFolder();
        File.WriteAllText(folder["report.json"], text);
        var fault = Assert.Throws<DataFormatException>(() => RunReportJson.Read(folder["report.json"]));
        Assert.Contains(folder["report.json"], fault.Message, StringComparison.Ordinal);
        Assert.Throws<StorageException>(() => RunReportJson.Read(folder["none.json"]));
    }

    private static ImmutableSortedDictionary<string, long> Counts(string reason, long count) =>
        ImmutableSortedDictionary<string, long>.Empty.Add(reason, count);
}
