using Acquisition.Core;
using Acquisition.Storage.Shares;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>What shares and plans that were cut off leave, and what becomes of it.</summary>
public sealed class ShareFolderTests : IDisposable
{
    private static readonly ScanPlan Plan = StorageSamples.Plan(timePoints: 4) with { Channels = ["DNA"] };
    private static readonly VolumeIndex[] All = [new(0, 0), new(1, 0), new(2, 0), new(3, 0)];

    private readonly StorageFolder _folder = new();
    private readonly VolumePool _pool = new(64 << 20);

    private string Folder => _folder["again"];

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_share_that_begins_again_keeps_what_is_whole_and_takes_out_what_is_not()
    {
        ShareFolder.Create(Folder, "settings: {}\n");
        using (ShareFolder share = Open("task-0000"))
        {
            Assert.Empty(share.Restored);
            IVolumeStore restored = share.CreateRestored(Plan);
            foreach (VolumeIndex index in All[..3]) Write(restored, index);
            // The third was cut off before its provenance.
            foreach (VolumeIndex index in All[..2]) share.AppendProvenance(How(index));
        }

        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Folder, "restored.zarr", "0", "c"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.Equal(3, files.Length);
        byte[] damaged = File.ReadAllBytes(files[1]);
        damaged[damaged.Length / 2] ^= 1;
        File.WriteAllBytes(files[1], damaged);

        using ShareFolder again = Open("task-0000");
        Assert.Equal([All[0]], again.Restored.Select(made => made.Index));
        Assert.Equal([files[0]], files.Where(File.Exists));
    }

    [Fact]
    public void A_plan_that_was_cut_off_is_made_anew_unless_its_program_still_runs()
    {
        ShareFolder.Create(Folder, "settings: 1\n");
        using (ShareFolder cut = Open(ShareFolder.Choosing))
        {
            Write(cut.CreateRestored(Plan), All[0]);
            cut.AppendProvenance(How(All[0]));
            var busy = Assert.Throws<StorageException>(() => ShareFolder.Create(Folder, "settings: 2\n"));
            Assert.Contains("Another program is planning", busy.Message, StringComparison.Ordinal);
            Assert.Equal("settings: 1\n", File.ReadAllText(Path.Combine(Folder, "run.yaml")));
        }

        ShareFolder.Create(Folder, "settings: 2\n");
        Assert.Equal(["run.yaml"], Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName));
        Assert.Equal("settings: 2\n", File.ReadAllText(Path.Combine(Folder, "run.yaml")));
    }

    [Fact]
    public void A_folder_that_holds_anything_else_is_left_alone()
    {
        ShareFolder.Create(Folder, "settings: 1\n");
        Open(ShareFolder.Choosing).Dispose();
        File.WriteAllText(Path.Combine(Folder, "plan.json"), "{}");
        var refusal = Assert.Throws<StorageException>(() => ShareFolder.Create(Folder, "settings: 2\n"));
        Assert.Contains("nothing is overwritten", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("settings: 1\n", File.ReadAllText(Path.Combine(Folder, "run.yaml")));
    }

    private ShareFolder Open(string name)
    {
        string raw = _folder["raw.zarr"];
        IVolumeStore pixels = Directory.Exists(raw)
            ? ZarrVolumeStore.Reopen(raw, ZarrDataset.Raw(Plan))
            : ZarrVolumeStore.Create(raw, ZarrDataset.Raw(Plan), StorageSamples.Options(_folder.Path));
        return ShareFolder.Open(Folder, name, pixels, Plan, StorageSamples.Options(_folder.Path), All);
    }

    private void Write(IVolumeStore store, VolumeIndex index)
    {
        VolumeBuffer volume = _pool.TryRent(Plan.RestoredShape, Plan.PixelType)!.Fill(StorageSamples.Pixels(Plan.RestoredShape, Plan.PixelType, index));
        try { store.Write(index, volume); }
        finally { volume.Release(); }
    }

    private static Provenance How(VolumeIndex index) => new()
    {
        Index = index,
        Method = "cubic",
        SettingsFingerprint = "cd34",
        ScaleLow = 1,
        ScaleHigh = 2,
        ResidualRms = 0,
        Lag = default,
        Duration = default,
    };
}
