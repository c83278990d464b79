using System.Diagnostics;
using Acquisition.Core;
using Acquisition.Storage;
using Acquisition.Storage.Zarr;
using Acquisition.Tests.Support;
using Xunit;

namespace Acquisition.Tests.Storage;

/// <summary>A run on a real file system that fills up.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void A_run_that_fills_its_disk_says_so_and_all_it_stored_stays_readable()
    {
        using var folder = new StorageFolder();
        string disk = folder["disk"];
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", disk), "Mounting needs Linux and its administrator.");
        try
        {
            FillDisk(disk);
        }
        finally
        {
            Assert.True(Run("umount", disk));
        }
    }

    private static void FillDisk(string disk)
    {
        using var pool = new VolumePool(64 << 20);
        ScanPlan plan = StorageSamples.Plan(new(8, 64, 64), timePoints: null);
        using RunFolder run = RunFolder.Create(StorageSamples.Options(disk), plan, "", DateTimeOffset.UnixEpoch);
        IVolumeStore raw = run.CreateRaw(plan);
        VolumeBuffer volume = pool.Rent(plan);
        byte[] Noise(int t)
        {
            var pixels = new byte[plan.VolumeBytes];
            new Random(t).NextBytes(pixels);
            return pixels;
        }

        int stored = 0;
        StorageException? fault = null;
        // Noise does not compress, so fewer than 640 / 64 volumes fit.
        for (; fault is null && stored < 10; stored += fault is null ? 1 : 0)
            fault = (StorageException?)Record.Exception(() => raw.Write(new(stored, 0), volume.Fill(Noise(stored))));

        Assert.NotNull(fault);
        Assert.True(fault.DiskFull);
        Assert.InRange(stored, 2, 9);
        Assert.Contains($"t{stored} c0", fault.Message, StringComparison.Ordinal);
        Assert.Contains(disk, fault.Message, StringComparison.Ordinal);

        // What a torn volume took is free again, which leaves room for saying what happened.
        run.AppendLedger("disk_full", new { fault.Message });
        run.Complete(new()
        {
            Status = new() { State = RunState.Finished, Reason = fault.Message, Outcome = RunOutcome.DiskFull, Elapsed = default },
            StartedAt = default,
            FinishedAt = default,
        });
        Assert.Equal(RunOutcome.DiskFull, RunReportJson.Read(Path.Combine(run.Folder, "report.json")).Status.Outcome);

        ZarrReader reader = ZarrReader.Open(raw.Location);
        Assert.Equal(stored, reader.TimePoints);
        for (int t = 0; t < stored; t++)
        {
            reader.ReadVolume(new(t, 0), volume);
            Assert.Equal(Noise(t), volume.ToBytes());
        }

        Assert.False(reader.Exists(new(stored, 0)));
        Assert.Empty(Directory.GetFiles(run.Folder, "*.partial", SearchOption.AllDirectories));
        volume.Release();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
