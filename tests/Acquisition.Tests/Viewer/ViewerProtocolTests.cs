using System.Net.WebSockets;
using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Viewer;
using Acquisition.Viewer.Pictures;
using Xunit;

namespace Acquisition.Tests.Viewer;

public sealed class ViewerProtocolTests : ViewerCase
{
    private static readonly object NewestRaw = new { kind = "raw", c = 0, t = (int?)null };
    private static readonly object NewestRestored = new { kind = "restored", c = 0, t = (int?)null };

    [Fact]
    public async Task A_page_hears_of_the_scan_then_of_what_is_stored_then_where_the_run_stands()
    {
        Archive.Store(VolumeKind.Raw, new VolumeIndex(0, 0));
        Archive.Store(VolumeKind.Raw, new VolumeIndex(2, 0));
        using ViewerPage page = await ViewerPage.OpenAsync(Server.Url);
        JsonElement scan = await page.HearAsync("scan"), volumes = await page.HearAsync("volumes"), status = await page.HearAsync("status");

        JsonElement plan = scan.GetProperty("plan");
        Assert.True(scan.GetProperty("operator").GetBoolean());
        Assert.Equal("[8,12,16]", Numbers(plan.GetProperty("restored_shape")));
        Assert.Equal("[1,0.25,0.125]", Numbers(plan.GetProperty("restored_voxel_um")));
        Assert.Equal("uint16", plan.GetProperty("pixel_type").GetString());
        Assert.Equal(1.5, plan.GetProperty("interval_s").GetDouble());
        Assert.Equal("[[0,0],[2,2]]", volumes.GetProperty("channels")[0].GetProperty("raw").GetRawText());
        Assert.Equal("live", status.GetProperty("state").GetString());
        Assert.Equal("{}", status.GetProperty("plan").GetProperty("user_json").GetString());
    }

    [Fact]
    public async Task Slabs_come_as_they_are_received_and_make_up_the_volume()
    {
        using ViewerPage page = await OpenAsync();
        await LookAsync(page, NewestRaw);
        var index = new VolumeIndex(3, 0);
        var got = new List<byte>();
        foreach (var (from, to) in ((int, int)[])[(0, 1), (1, 3), (3, 4)])
        {
            Receive(index, to);
            var (header, payload) = await page.SeeAsync();
            Assert.Equal($"[{from},{to}]", header.GetProperty("planes").GetRawText());
            Assert.Equal(to == 4, header.GetProperty("complete").GetBoolean());
            Assert.Equal("live", header.GetProperty("source").GetString());
            got.AddRange(payload);
            await page.AcknowledgeAsync(header);
        }

        Assert.Equal(Bytes(VolumeKind.Raw, index, 0, 4), got);
    }

    [Fact]
    public async Task A_page_that_rests_gets_no_volume_that_is_only_coming_but_the_whole_one()
    {
        using ViewerPage page = await OpenAsync();
        await LookAsync(page, NewestRaw);
        var index = new VolumeIndex(3, 0);
        Receive(index, 1);
        await page.SayAsync(new { type = "ack", id = (await page.SeeAsync()).Header.GetProperty("id").GetInt64(), rest_ms = 10_000 });
        Receive(index, 3);
        await UntilAsync(() => HasPlanes(3));

        // Planes would have come before the answer to this, had they been sent.
        await page.SayAsync(new { type = "do", action = "retune" });
        await page.HearAsync("answer");
        Assert.Single(page.Seen);

        Receive(index, 4);
        Assert.Equal("[1,4]", (await page.SeeAsync()).Header.GetProperty("planes").GetRawText());
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_last_is_acknowledged_and_then_the_newest()
    {
        using ViewerPage page = await OpenAsync();
        await LookAsync(page, NewestRestored);
        Restore(new VolumeIndex(0, 0));
        var (first, _) = await page.SeeAsync();
        for (int t = 1; t <= 4; t++)
        {
            Restore(new VolumeIndex(t, 0));
            await UntilAsync(() => Painted(t));
        }

        // Words go on; a volume would have come before the answer to this, had it been sent.
        await page.SayAsync(new { type = "do", action = "retune" });
        JsonElement answer = await page.HearAsync("answer");
        Assert.False(answer.GetProperty("accepted").GetBoolean());
        Assert.Equal("no model yet", answer.GetProperty("reason").GetString());
        Assert.Single(page.Seen);

        await page.AcknowledgeAsync(first);
        var (second, payload) = await page.SeeAsync();
        Assert.Equal(4, second.GetProperty("t").GetInt32());
        Assert.Equal(Bytes(VolumeKind.Restored, new VolumeIndex(4, 0), 0, 8), payload);
        Assert.Equal(1.5, second.GetProperty("made").GetProperty("lag_s").GetDouble());
        await page.HearAsync("status", status => status.GetProperty("screen") is var screen
            && screen.GetProperty("sent").GetInt32() == 2 && screen.GetProperty("replaced").GetInt32() == 3);
    }

    [Fact]
    public async Task A_preview_gives_way_to_the_volume_restored_for_good_and_never_the_other_way_round()
    {
        using ViewerPage page = await OpenAsync();
        await LookAsync(page, NewestRestored);
        foreach (var (isPreview, source) in ((bool, string)[])[(true, "preview"), (false, "live")])
        {
            Restore(new VolumeIndex(5, 0), isPreview);
            var (header, _) = await page.SeeAsync();
            Assert.Equal(source, header.GetProperty("source").GetString());
            await page.AcknowledgeAsync(header);
        }

        Restore(new VolumeIndex(5, 0), isPreview: true);
        Restore(new VolumeIndex(4, 0));
        Restore(new VolumeIndex(6, 0));
        Assert.Equal(6, (await page.SeeAsync()).Header.GetProperty("t").GetInt32());
    }

    [Fact]
    public async Task A_stored_volume_is_sent_on_demand_and_again_when_it_is_looked_at_again()
    {
        for (int t = 0; t < 3; t++) Archive.Store(VolumeKind.Restored, new VolumeIndex(t, 0));
        using ViewerPage page = await OpenAsync();
        foreach (int t in (int[])[1, 0, 1])
        {
            await page.LookAsync(new { kind = "restored", c = 0, t });
            var (header, payload) = await page.SeeAsync();
            Assert.Equal((t, "stored"), (header.GetProperty("t").GetInt32(), header.GetProperty("source").GetString()));
            Assert.Equal(Bytes(VolumeKind.Restored, new VolumeIndex(t, 0), 0, 8), payload);
            await page.AcknowledgeAsync(header);
        }

        await page.LookAsync(NewestRestored);
        Assert.Equal(2, (await page.SeeAsync()).Header.GetProperty("t").GetInt32());
    }

    [Fact]
    public async Task A_small_budget_gets_a_shrunk_volume_and_slices_in_full_resolution()
    {
        Archive.Store(VolumeKind.Restored, new VolumeIndex(0, 0));
        using ViewerPage page = await OpenAsync();
        await page.SayAsync(new { type = "look", views = new[] { NewestRestored }, budget_voxels = 500 });
        var (header, payload) = await page.SeeAsync();
        Assert.Equal("[8,12,16]", Numbers(header.GetProperty("full")));
        int[] reduced = JsonSerializer.Deserialize<int[]>(Numbers(header.GetProperty("reduced")))!, shape = JsonSerializer.Deserialize<int[]>(Numbers(header.GetProperty("shape")))!;
        Assert.Equal([(8 + reduced[0] - 1) / reduced[0], (12 + reduced[1] - 1) / reduced[1], (16 + reduced[2] - 1) / reduced[2]], shape);
        Assert.Equal(shape[0] * shape[1] * shape[2] * 2, payload.Length);
        Assert.True(payload.Length / 2 <= 500);
        await page.AcknowledgeAsync(header);

        await page.SayAsync(new { type = "slices", request = 7, kind = "restored", c = 0, t = 0, at = new { z = 3, y = 5, x = 11 } });
        foreach (var (axis, rows, columns, at) in ((string, int, int, Func<int, int, long>)[])
            [("z", 12, 16, (r, c) => (3 * 12 + r) * 16 + c), ("y", 8, 16, (r, c) => (r * 12 + 5) * 16 + c), ("x", 8, 12, (r, c) => (r * 12 + c) * 16 + 11)])
        {
            var (slice, samples) = await page.SeeAsync();
            Assert.Equal((axis, 7), (slice.GetProperty("axis").GetString(), slice.GetProperty("request").GetInt32()));
            Assert.Equal($"[{rows},{columns}]", slice.GetProperty("shape").GetRawText());
            Assert.Equal(
                from r in Enumerable.Range(0, rows)
                from c in Enumerable.Range(0, columns)
                select ViewerArchive.Sample(VolumeKind.Restored, default, at(r, c)),
                Enumerable.Range(0, rows * columns).Select(i => BitConverter.ToUInt16(samples, 2 * i)));
            await page.AcknowledgeAsync(slice);
        }
    }

    [Fact]
    public async Task Another_run_takes_the_place_of_the_one_shown()
    {
        using ViewerPage page = await OpenAsync();
        var other = Plan with { ScanId = Guid.NewGuid() };
        Archive = new ViewerArchive(other);
        Archive.Store(VolumeKind.Raw, new VolumeIndex(0, 0));
        Status = Status with { Plan = other };
        await page.LookAsync(NewestRaw);
        Server.Show(Run());
        JsonElement scan = await page.HearAsync("scan");
        Assert.Equal(other.ScanId, scan.GetProperty("plan").GetProperty("scan_id").GetGuid());
        Assert.Equal(Bytes(VolumeKind.Raw, default, 0, 4), (await page.SeeAsync()).Payload);
    }

    [Theory]
    [InlineData("""{"type":"sing"}""")]
    [InlineData("""{"type":"look","views":[{"kind":"raw","c":-1}],"budget_voxels":9}""")]
    [InlineData("""{"type":"look","views":[{"kind":"raw","c":0}],"budget_voxels":0}""")]
    [InlineData("""{"type":"do","action":"format"}""")]
    [InlineData("""{"type":"cross"}""")]
    [InlineData("""{"type":"ack","id":1,"rest_ms":10001}""")]
    [InlineData("""{"type":"ack","id":1,"rest_ms":-1}""")]
    [InlineData("[")]
    public async Task What_is_no_message_ends_the_conversation(string text)
    {
        using ViewerPage page = await OpenAsync();
        await page.SayAsync(text);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await page.ClosedAsync());
    }

    [Fact]
    public async Task A_view_of_a_channel_that_is_not_there_gets_nothing_and_does_no_harm()
    {
        Archive.Store(VolumeKind.Raw, default);
        using ViewerPage page = await OpenAsync();
        await page.LookAsync(new { kind = "raw", c = 9, t = 0 }, NewestRaw);
        Assert.Equal(0, (await page.SeeAsync()).Header.GetProperty("c").GetInt32());
    }

    private bool HasPlanes(int planes)
    {
        if (Server.Hall.Screen.Lend(new PictureKey(VolumeKind.Raw, 0, Reduction.None)) is not { } picture) return false;
        picture.Pixels.Release();
        return picture.Planes == planes;
    }

    private bool Painted(int t)
    {
        var key = new PictureKey(VolumeKind.Restored, 0, Reduction.None);
        if (Server.Hall.Screen.Lend(key) is not { } picture) return false;
        picture.Pixels.Release();
        return picture.Index.T == t;
    }

    private static string Numbers(JsonElement point) =>
        $"[{point.GetProperty("z").GetRawText()},{point.GetProperty("y").GetRawText()},{point.GetProperty("x").GetRawText()}]";
}

/// <summary>Pages that do not read.</summary>
public sealed class StalledPageTests : ViewerCase
{
    private protected override ViewerOptions Options =>
        new() { Address = "http://127.0.0.1:0", SendPatience = TimeSpan.FromSeconds(1), MemoryBudgetBytes = 64L << 20, BytesPerSec = 1L << 40 };

    [Fact]
    public async Task A_page_that_never_reads_holds_one_volume_and_is_given_up()
    {
        // Larger than what the sockets in between take.
        ScanPlan large = Plan with { ScanId = Guid.NewGuid(), Shape = new VolumeShape(16, 512, 1024), Undersampling = Factors.One };
        Archive = new ViewerArchive(large);
        Status = Status with { Plan = large };
        Server.Show(Run());
        using ViewerPage stalled = await ViewerPage.OpenAsync(Server.Url), reader = await OpenAsync();
        await stalled.LookAsync(new { kind = "raw", c = 0, t = (int?)null });
        await LookAsync(reader, new { kind = "raw", c = 0, t = (int?)null });
        for (int t = 0; t < 5; t++)
        {
            var index = new VolumeIndex(t, 0);
            VolumeBuffer volume = Pool.Rent(large);
            volume.Clear();
            Server.Screen.PlanesReceived(large, index, volume, 16);
            volume.Release();
            JsonElement header = (await reader.SeeAsync()).Header;
            Assert.Equal(t, header.GetProperty("t").GetInt32());
            await reader.AcknowledgeAsync(header);
            // The one that is shown, the one before as long as the other page holds it, and none besides.
            Assert.True(Server.Hall.LentBytes <= 3 * VolumePool.CostBytes(large.Shape, large.PixelType));
        }

        await reader.HearAsync("status", status => status.GetProperty("screen").GetProperty("clients").GetInt32() == 1);
    }
}
