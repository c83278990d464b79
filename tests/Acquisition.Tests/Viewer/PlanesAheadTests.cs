using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Viewer;
using Xunit;

namespace Acquisition.Tests.Viewer;

/// <summary>Volumes that are large enough for the planes through the crosshair to be sent ahead, and a pace that lets one volume through.</summary>
public sealed class PlanesAheadTests : ViewerCase
{
    private const int Z = 8, Y = 256, X = 320;

    private readonly ScanPlan _large;

    public PlanesAheadTests() => _large = Plan with { ScanId = Guid.NewGuid(), Shape = new VolumeShape(Z / 2, Y / 2, X / 2) };

    private protected override ViewerOptions Options => new() { Address = "http://127.0.0.1:0", BytesPerSec = 1 };

    [Fact]
    public async Task The_planes_through_the_crosshair_come_before_the_volume()
    {
        using ViewerPage page = await FollowAsync((3, 7, 300));
        RestoreLarge(0);
        var (planes, samples) = await page.SeeAsync();
        AssertPlanes(0, (3, 7, 300), planes, samples);
        Assert.Equal("live", planes.GetProperty("source").GetString());
        Assert.Equal(1.5, planes.GetProperty("made").GetProperty("lag_s").GetDouble());

        await page.AcknowledgeAsync(planes);
        var (volume, whole) = await page.SeeAsync();
        Assert.Equal(("volume", 0), (volume.GetProperty("type").GetString(), volume.GetProperty("t").GetInt32()));
        Assert.Equal(Z * Y * X * 2, whole.Length);
    }

    [Fact]
    public async Task Volumes_keep_the_pace_and_planes_do_not_wait()
    {
        using ViewerPage page = await FollowAsync((0, 0, 0));
        RestoreLarge(0);
        await page.AcknowledgeAsync((await page.SeeAsync()).Header);
        await page.AcknowledgeAsync((await page.SeeAsync()).Header); // the one volume that the pace has room for
        for (int t = 1; t <= 3; t++)
        {
            RestoreLarge(t);
            var (planes, samples) = await page.SeeAsync();
            AssertPlanes(t, (0, 0, 0), planes, samples);
            await page.AcknowledgeAsync(planes);
        }

        await page.SayAsync(new { type = "do", action = "stop" });
        await page.HearAsync("answer");
        Assert.Equal(["sections", "volume", "sections", "sections", "sections"], page.Seen.Select(seen => seen.Header.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task The_crosshair_may_move_and_may_lie_outside()
    {
        using ViewerPage page = await FollowAsync((0, 0, 0));
        await page.SayAsync(new { type = "cross", at = new { z = 99, y = -1, x = 17 } });
        await UntilAsync(() => IsWatched((Z - 1, 0, 17)));
        RestoreLarge(4);
        var (planes, samples) = await page.SeeAsync();
        AssertPlanes(4, (Z - 1, 0, 17), planes, samples);
    }

    [Fact]
    public async Task The_planes_of_a_preview_give_way_to_those_restored_for_good()
    {
        using ViewerPage page = await FollowAsync((1, 2, 3));
        RestoreLarge(0, isPreview: true);
        await HavePlanesAsync("preview");
        // The preview itself takes what room the pace has. A volume that came before its planes would make them needless.
        await page.AcknowledgeAsync((await page.SeeAsync()).Header);
        RestoreLarge(0);
        await HavePlanesAsync("live");

        async Task HavePlanesAsync(string source)
        {
            var (planes, samples) = await page.SeeAsync();
            AssertPlanes(0, (1, 2, 3), planes, samples);
            Assert.Equal(source, planes.GetProperty("source").GetString());
            await page.AcknowledgeAsync(planes);
        }
    }

    private bool IsWatched((int Z, int Y, int X) at) => Server.Hall.Screen.IsCut(new(VolumeKind.Restored, 0, new(at.Z, at.Y, at.X)));

    private async Task<ViewerPage> FollowAsync((int Z, int Y, int X) at)
    {
        Archive = new ViewerArchive(_large);
        Status = Status with { Plan = _large };
        Server.Show(Run());
        ViewerPage page = await ViewerPage.OpenAsync(Server.Url);
        await page.HearAsync("scan", scan => scan.GetProperty("plan").GetProperty("scan_id").GetGuid() == _large.ScanId);
        await page.SayAsync(new
        {
            type = "look",
            views = new[] { new { kind = "restored", c = 0, t = (int?)null } },
            budget_voxels = 1 << 23,
            at = new { z = at.Z, y = at.Y, x = at.X },
        });
        await UntilAsync(() => IsWatched(at));
        return page;
    }

    private void RestoreLarge(int t, bool isPreview = false)
    {
        var index = new VolumeIndex(t, 0);
        VolumeBuffer volume = ViewerArchive.Fill(Pool.TryRent(_large.RestoredShape, PixelType.UInt16)!, VolumeKind.Restored, index);
        Server.Screen.Restored(new RestoredVolume { Plan = _large, Pixels = volume, Provenance = ViewerSamples.Made(index, isPreview) });
        volume.Release();
    }

    private static void AssertPlanes(int t, (int Z, int Y, int X) at, JsonElement header, byte[] samples)
    {
        Assert.Equal(("sections", t), (header.GetProperty("type").GetString(), header.GetProperty("t").GetInt32()));
        JsonElement point = header.GetProperty("at");
        Assert.Equal(at, (point.GetProperty("z").GetInt32(), point.GetProperty("y").GetInt32(), point.GetProperty("x").GetInt32()));
        var index = new VolumeIndex(t, 0);
        IEnumerable<ushort> expected =
        [
            .. from y in Enumerable.Range(0, Y) from x in Enumerable.Range(0, X) select Sample(at.Z, y, x),
            .. from z in Enumerable.Range(0, Z) from x in Enumerable.Range(0, X) select Sample(z, at.Y, x),
            .. from z in Enumerable.Range(0, Z) from y in Enumerable.Range(0, Y) select Sample(z, y, at.X),
        ];
        Assert.Equal(expected, Enumerable.Range(0, samples.Length / 2).Select(i => BitConverter.ToUInt16(samples, 2 * i)));

        ushort Sample(int z, int y, int x) => ViewerArchive.Sample(VolumeKind.Restored, index, ((long)z * Y + y) * X + x);
    }
}
