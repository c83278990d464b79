using System.Diagnostics;
using System.Globalization;
using Acquisition.App.Commands;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.App.Scoring;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.App;

public sealed class RunScorerTests : IDisposable
{
    private const int Rounds = 10;

    private readonly AppTempFolder _folder = new();
    private readonly ScanPlan _plan = AppStatuses.Plan with { Shape = new VolumeShape(6, 14, 30), Undersampling = new Factors(2, 2, 1), Channels = ["one"], TimePoints = 1 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scores_are_those_of_numpy_and_scikit_image_and_lie_in_the_report()
    {
        Directory.CreateDirectory(_folder["truth"]);
        string truth = Path.Combine(_folder["truth"], "t000_c0.tif");
        Assert.Equal("6 14 30 12 28 30", (await Python("make", truth, _folder["raw"], _folder["restored"])).Trim());
        string run = StoreRun();
        double[][] expected =
        [
            .. (await Python("score", truth, _folder["raw"], _folder["restored"], Rounds.ToString(CultureInfo.InvariantCulture)))
                .Trim().Split('\n').Select(line => line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()),
        ];

        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(["score", run, "--truth", _folder["truth"]], new Screen(output, TextWriter.Null, isTerminal: false));

        Assert.Equal(0, exitCode);
        Assert.EndsWith($"report: {RunFiles.Report(run)}\n", output.ToString(), StringComparison.Ordinal);
        ScoreReport scores = RunReportJson.Read(RunFiles.Report(run)).Scores!;
        VolumeScores volume = Assert.Single(scores.Volumes);
        Assert.Equal(new VolumeIndex(0, 0), volume.Index);
        foreach (var (found, wanted) in ((Score[])[volume.Cubic, volume.Projected, volume.Restored]).Zip(expected))
        {
            Assert.Equal(wanted[0], found.PsnrDb, 1e-3);
            Assert.Equal(wanted[1], found.Ssim, 1e-5);
        }

        Assert.Equal(volume.Restored, scores.Restored);
    }

    [Fact]
    public void Without_a_fitting_original_the_report_stays_as_it_was()
    {
        _folder.Fill("raw", 6 * 14 * 30 * 2);
        _folder.Fill("restored", 12 * 28 * 30 * 2);
        string run = StoreRun();
        string before = File.ReadAllText(RunFiles.Report(run));
        Directory.CreateDirectory(_folder["truth"]);

        var fault = Assert.Throws<DataFormatException>(() => RunScorer.Score(run, _folder["truth"], Rounds, threads: 1));

        Assert.Contains("t000_c0.tif", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(RunFiles.Report(run)));
    }

    /// <summary>A finished run of one volume, from the two files of samples.</summary>
    private string StoreRun()
    {
        var config = AppConfig.Draft with { Source = new SourceOptions { Address = "tcp://127.0.0.1:1" }, Storage = new StorageOptions { Root = _folder.Path } };
        RunFolder store = RunFolder.Create(config.Storage, _plan, ConfigWriter.Write(config), DateTimeOffset.UnixEpoch);
        using var pool = new VolumePool(1 << 24);
        Store(store.CreateRaw(_plan), _plan.Shape, "raw", pool);
        Store(store.CreateRestored(_plan), _plan.RestoredShape, "restored", pool);
        store.AppendProvenance(new Provenance
        {
            Index = default, Method = "self-vision", SettingsFingerprint = "", ScaleLow = 0, ScaleHigh = 1, ResidualRms = 0, Lag = default, Duration = default,
        });
        store.Complete(new RunReport { Status = AppStatuses.At(1, RunState.Finished), StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch });
        return store.Folder;
    }

    private void Store(IVolumeStore store, VolumeShape shape, string samples, VolumePool pool)
    {
        VolumeBuffer buffer = pool.TryRent(shape, PixelType.UInt16)!;
        byte[] bytes = File.ReadAllBytes(_folder[samples]);
        for (int z = 0; z < shape.Z; z++) bytes.AsSpan(z * buffer.PlaneBytes, buffer.PlaneBytes).CopyTo(buffer.Plane(z));
        store.Write(default, buffer);
        buffer.Release();
    }

    private static async Task<string> Python(params string[] arguments)
    {
        string script = AppRepository.File("tests/Acquisition.Tests/Support/app_scores.py");
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, .. arguments]) { RedirectStandardOutput = true })!;
        string output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, python.ExitCode);
        return output;
    }
}
