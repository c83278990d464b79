using Acquisition.App;
using Acquisition.App.Commands;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Tiff;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.App;

/// <summary>Commands that work on what a run has left: finish, info, export.</summary>
public sealed class StoredRunCommandTests : IDisposable
{
    private readonly AppTempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Finish_makes_levels_once_and_says_so()
    {
        string run = StoreRun();
        (int exitCode, string output, string error) = await Invoke("finish", run);
        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Empty(error);
        Assert.Contains("raw.zarr: its volumes are small enough as they are", output, StringComparison.Ordinal);
        Assert.Matches(@"restored\.zarr: levels of 16×64×144 for 2 volume\(s\); 2 made, 0 there already; \d+\.\d s, \d+\.\d volumes/s", output);

        (_, output, _) = await Invoke("finish", run);
        Assert.Contains("0 made, 2 there already", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_volume_is_exit_code_1_and_the_others_have_their_levels()
    {
        string run = StoreRun();
        File.WriteAllText(Path.Combine(run, "restored.zarr", "0", "c", "0", "0", "0", "0", "0"), "damaged");
        (int exitCode, string output, string error) = await Invoke("finish", run);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains("for 1 volume(s); 1 made", output, StringComparison.Ordinal);
        Assert.Contains("t0 c0 is damaged", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_is_exit_code_1_for_what_is_not_whole()
    {
        string run = StoreRun();
        (int exitCode, string output, string error) = await Invoke("info", run);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Empty(error);
        Assert.StartsWith("what:", output, StringComparison.Ordinal);
        Assert.Contains("the ledger is not closed", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output); // a channel's name tries to clear the screen

        (exitCode, output, _) = await Invoke("info", Path.Combine(run, "restored.zarr"));
        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Matches(@"\nwhole:\s+yes\n", output);

        (exitCode, _, error) = await Invoke("info", _folder["none"]);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains("There is nothing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_makes_the_file_that_it_names()
    {
        string run = StoreRun();
        (int exitCode, string output, string error) = await Invoke("export", run, "--what", "raw", "--t", "1", "--c", "0", "--output", _folder["raw.ome.tif"]);
        Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
        Assert.EndsWith($"export: {_folder["raw.ome.tif"]}\n", output, StringComparison.Ordinal);
        using (TiffStack stack = TiffStack.Open(_folder["raw.ome.tif"])) Assert.Equal((1, 1), (stack.TimePoints, stack.Channels));

        (exitCode, _, error) = await Invoke("export", run, "--output", _folder["raw.ome.tif"]);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Contains("overwrites nothing", error, StringComparison.Ordinal);
    }

    /// <summary>A run of two volumes of one channel that has not come to its end; restored ones are 288 samples wide.</summary>
    private string StoreRun()
    {
        ScanPlan plan = AppStatuses.Plan with { Shape = new(8, 32, 144), TimePoints = 2, Channels = ["GFP\u001b[2J"] };
        using RunFolder store = RunFolder.Create(new StorageOptions { Root = _folder.Path }, plan, "", DateTimeOffset.UnixEpoch);
        using var pool = new VolumePool(1 << 24);
        store.AppendLedger(LedgerKinds.ScanStarted, new ScanStarted(plan, "", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty));
        foreach (var (dataset, shape) in new[] { (store.CreateRaw(plan), plan.Shape), (store.CreateRestored(plan), plan.RestoredShape) })
        {
            VolumeBuffer volume = pool.TryRent(shape, PixelType.UInt16)!.Fill(StorageSamples.Pixels(shape, PixelType.UInt16, default));
            dataset.Write(new(0, 0), volume);
            dataset.Write(new(1, 0), volume);
            volume.Release();
        }

        return store.Folder;
    }

    private static async Task<(int ExitCode, string Output, string Error)> Invoke(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int exitCode = await CommandLine.RunAsync(args, new Screen(output, error, isTerminal: false));
        return (exitCode, output.ToString(), error.ToString());
    }
}
