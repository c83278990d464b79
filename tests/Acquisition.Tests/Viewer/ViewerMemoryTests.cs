using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Viewer;
using Xunit;

namespace Acquisition.Tests.Viewer;

/// <summary>A memory budget that is smaller than a volume.</summary>
public sealed class ViewerMemoryTests : ViewerCase
{
    private const long Budget = 2L << 20;

    private protected override ViewerOptions Options => new() { Address = "http://127.0.0.1:0", MemoryBudgetBytes = Budget };

    [Fact]
    public async Task A_stored_volume_larger_than_the_memory_is_shown_as_means_and_its_planes_in_full()
    {
        ScanPlan large = Plan with { ScanId = Guid.NewGuid(), Shape = new VolumeShape(32, 128, 128) };
        VolumeShape full = large.RestoredShape;
        Assert.Equal(4 * Budget, 2 * full.Voxels);
        Archive = new ViewerArchive(large);
        Archive.Store(VolumeKind.Restored, default);
        Status = Status with { Plan = large };
        Server.Show(Run());
        using ViewerPage page = await OpenAsync();
        await page.LookAsync(new { kind = "restored", c = 0, t = 0 });
        var (header, payload) = await page.SeeAsync();

        // A quarter of the memory holds 2^18 samples of the 2^22.
        int[] shape = [Number(header, "shape", "z"), Number(header, "shape", "y"), Number(header, "shape", "x")];
        int[] block = [Number(header, "reduced", "z"), Number(header, "reduced", "y"), Number(header, "reduced", "x")];
        Assert.True(shape[0] * shape[1] * shape[2] <= 1 << 18);
        Assert.Equal(
            [
                .. from z in Enumerable.Range(0, shape[0])
                   from y in Enumerable.Range(0, shape[1])
                   from x in Enumerable.Range(0, shape[2])
                   select Mean(full, block, z, y, x),
            ],
            Enumerable.Range(0, payload.Length / 2).Select(i => BitConverter.ToUInt16(payload, 2 * i)));
        Assert.True(Archive.LargestRead < Budget);
        await page.AcknowledgeAsync(header);

        await page.SayAsync(new { type = "slices", request = 1, kind = "restored", c = 0, t = 0, at = new { z = 63, y = 128, x = 7 } });
        foreach (var (axis, rows, columns, at) in ((string, int, int, Func<int, int, long>)[])
            [("z", 256, 256, (r, c) => (63 * 256 + r) * 256 + c), ("y", 64, 256, (r, c) => (r * 256 + 128) * 256 + c), ("x", 64, 256, (r, c) => (r * 256 + c) * 256 + 7)])
        {
            var (slice, samples) = await page.SeeAsync();
            Assert.Equal(axis, slice.GetProperty("axis").GetString());
            Assert.Equal(
                from r in Enumerable.Range(0, rows) from c in Enumerable.Range(0, columns) select ViewerArchive.Sample(VolumeKind.Restored, default, at(r, c)),
                Enumerable.Range(0, rows * columns).Select(i => BitConverter.ToUInt16(samples, 2 * i)));
            await page.AcknowledgeAsync(slice);
        }
    }

    private static int Number(JsonElement header, string of, string axis) => header.GetProperty(of).GetProperty(axis).GetInt32();

    private static ushort Mean(VolumeShape full, int[] block, int z, int y, int x)
    {
        long sum = 0, n = 0;
        for (int p = z * block[0]; p < Math.Min((z + 1) * block[0], full.Z); p++)
            for (int r = y * block[1]; r < Math.Min((y + 1) * block[1], full.Y); r++)
                for (int c = x * block[2]; c < Math.Min((x + 1) * block[2], full.X); c++, n++)
                    sum += ViewerArchive.Sample(VolumeKind.Restored, default, ((long)p * full.Y + r) * full.X + c);
        return (ushort)((2 * sum + n) / (2 * n));
    }
}

/// <summary>A memory budget that holds one picture of the smallest size.</summary>
public sealed class ViewerShortageTests : ViewerCase
{
    private protected override ViewerOptions Options => new() { Address = "http://127.0.0.1:0", MemoryBudgetBytes = 1L << 16 };

    [Fact]
    public async Task A_live_volume_that_has_no_room_beside_another_is_told_in_words()
    {
        using ViewerPage page = await OpenAsync();
        await LookAsync(page, new { kind = "raw", c = 0, t = (int?)null }, new { kind = "restored", c = 0, t = (int?)null });
        Receive(default, 4);
        Assert.Equal("raw", (await page.SeeAsync()).Header.GetProperty("kind").GetString());
        Restore(default);
        await SaysAsync(page, "There is no room to show a restored volume: as 8×12×16 it takes 0.1 MiB, and all pictures of all pages together may take 0.1 MiB.");

        // What nobody asks for any more is not told.
        await page.LookAsync(new { kind = "raw", c = 0, t = (int?)null });
        await page.HearAsync("status", status => status.GetProperty("alert").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task A_stored_volume_whose_parts_have_no_room_beside_its_picture_is_told_in_words()
    {
        Archive.Store(VolumeKind.Restored, default);
        using ViewerPage page = await OpenAsync();
        await page.SayAsync(new { type = "look", views = new[] { new { kind = "restored", c = 0, t = 0 } }, budget_voxels = 500 });
        await SaysAsync(page, "Raise viewer.memory_budget_mib, or show fewer channels.");
    }

    private static Task<JsonElement> SaysAsync(ViewerPage page, string words) => page.HearAsync(
        "status", status => status.GetProperty("alert").GetString()?.Contains(words, StringComparison.Ordinal) == true);
}
