using Acquisition.SystemTests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Fingers on the page, as a touch screen tells of them.</summary>
public sealed class ViewerTouchTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    private readonly Workspace _space = new();
    private RunningProcess _viewer = null!;
    private ViewerPage _page = null!;
    private ICDPSession _fingers = null!;

    public async ValueTask InitializeAsync()
    {
        _viewer = RampRuns.View(await new RampRuns(_space).StoreAsync(timePoints: 1));
        _page = await browser.OpenAsync(await RampRuns.AddressAsync(_viewer), hasTouch: true);
        await _page.UntilDrawnAsync("raw-3d", 0, RampRuns.Planes);
        await _page.UntilDrawnAsync("restored-3d", 0, RampRuns.Planes);
        await _page.LimitAsync(0, 25_500);
        _fingers = await _page.Page.Context.NewCDPSessionAsync(_page.Page);
    }

    public async ValueTask DisposeAsync()
    {
        await _page.DisposeAsync();
        await _viewer.DisposeAsync();
        _space.Dispose();
    }

    [Fact]
    public async Task One_finger_moves_all_slices_by_as_much_as_it_moves()
    {
        var before = new Dictionary<string, (int Left, int Top, int Right, int Bottom)>();
        foreach (string pane in (string[])["raw-xy", "restored-xy"]) before[pane] = await _page.LitPartAsync(pane);
        (int, int, int) crosshair = await _page.CrosshairAsync();
        (double x, double y) = await MiddleAsync("raw-xy");
        await _page.AndDrawnAsync(() => TouchAsync([(x, y)], [(x + 12, y + 6)], [(x + 24, y + 12)]));

        // Edges lie between pixels, and so may be rounded.
        foreach (var (pane, was) in before)
        {
            var now = await _page.LitPartAsync(pane);
            Assert.InRange(now.Left - was.Left, 23, 25);
            Assert.InRange(now.Top - was.Top, 11, 13);
        }

        Assert.Equal(crosshair, await _page.CrosshairAsync());
        await AssertPageStoodStillAsync();
    }

    [Fact]
    public async Task A_tap_sets_the_crosshair()
    {
        var lit = await _page.LitPartAsync("raw-xy");
        (double left, double top) = await CornerAsync("raw-xy");
        double column = (lit.Right - lit.Left) / (double)RampRuns.Columns, row = (lit.Bottom - lit.Top) / (double)RampRuns.Rows;
        await _page.AndDrawnAsync(() => _page.Page.Touchscreen.TapAsync((float)(left + lit.Left + 5.5 * column), (float)(top + lit.Top + 3.5 * row)));
        Assert.Equal((RampRuns.Planes / 2, 3, 5), await _page.CrosshairAsync());
        await AssertPageStoodStillAsync();
    }

    [Fact]
    public async Task Two_fingers_zoom_slices_by_the_ratio_of_their_distances()
    {
        var before = await _page.LitPartAsync("restored-xy");
        (double x, double y) = await MiddleAsync("restored-xy");
        await _page.AndDrawnAsync(() => TouchAsync([(x - 60, y), (x + 60, y)], [(x - 45, y), (x + 45, y)], [(x - 30, y), (x + 30, y)]));
        foreach (string pane in (string[])["restored-xy", "raw-xy"])
        {
            var half = await _page.LitPartAsync(pane);
            Assert.InRange((half.Right - half.Left) / (double)(before.Right - before.Left), 0.48, 0.52);
            Assert.InRange((half.Bottom - half.Top) / (double)(before.Bottom - before.Top), 0.47, 0.53);
        }

        await _page.AndDrawnAsync(() => TouchAsync([(x - 30, y), (x + 30, y)], [(x - 45, y), (x + 45, y)], [(x - 60, y), (x + 60, y)]));
        var again = await _page.LitPartAsync("restored-xy");
        Assert.InRange(again.Right - again.Left, before.Right - before.Left - 3, before.Right - before.Left + 3);
        Assert.Equal((RampRuns.Planes / 2, RampRuns.Rows / 2, RampRuns.Columns / 2), await _page.CrosshairAsync());
        await AssertPageStoodStillAsync();
    }

    [Fact]
    public async Task What_lies_between_two_fingers_stays_between_them()
    {
        var before = await _page.LitPartAsync("raw-xy");
        (double x, double y) = await MiddleAsync("raw-xy");
        await _page.AndDrawnAsync(() => TouchAsync([(x - 40, y), (x + 40, y)], [(x - 25, y + 10), (x + 55, y + 10)], [(x - 10, y + 20), (x + 70, y + 20)]));
        var now = await _page.LitPartAsync("raw-xy");
        Assert.InRange(now.Left - before.Left, 28, 32);
        Assert.InRange(now.Top - before.Top, 18, 22);
        await AssertPageStoodStillAsync();
    }

    [Fact]
    public async Task In_3d_one_finger_turns_and_two_zoom()
    {
        string front = await _page.PictureAsync("raw-3d");
        (double x, double y) = await MiddleAsync("raw-3d");
        await _page.AndDrawnAsync(() => TouchAsync([(x, y)], [(x + 30, y + 10)], [(x + 60, y + 20)]));
        Assert.NotEqual(front, await _page.PictureAsync("raw-3d"));

        await _page.UntilSharpAsync();
        int lit = await _page.LitPixelsAsync("raw-3d");
        await _page.AndDrawnAsync(() => TouchAsync([(x - 60, y), (x + 60, y)], [(x - 45, y), (x + 45, y)], [(x - 30, y), (x + 30, y)]));
        await _page.UntilSharpAsync();
        Assert.InRange(await _page.LitPixelsAsync("raw-3d") / (double)lit, 0.22, 0.28); // half as wide and half as high
        await AssertPageStoodStillAsync();
    }

    /// <summary>Puts fingers down at the first places, moves them through the others, and lifts them.</summary>
    private async Task TouchAsync(params (double X, double Y)[][] places)
    {
        for (int i = 0; i < places.Length; i++) await TellAsync(i == 0 ? "touchStart" : "touchMove", places[i]);
        await TellAsync("touchEnd", []);
    }

    private async Task TellAsync(string type, (double X, double Y)[] fingers) => await _fingers.SendAsync("Input.dispatchTouchEvent", new Dictionary<string, object>
    {
        ["type"] = type,
        ["touchPoints"] = fingers.Select((at, id) => new Dictionary<string, object> { ["x"] = at.X, ["y"] = at.Y, ["id"] = id }).ToArray(),
    });

    private async Task<(double X, double Y)> CornerAsync(string pane)
    {
        LocatorBoundingBoxResult box = (await _page.Page.Locator($"#{pane}").BoundingBoxAsync())!;
        return (box.X, box.Y);
    }

    private async Task<(double X, double Y)> MiddleAsync(string pane)
    {
        LocatorBoundingBoxResult box = (await _page.Page.Locator($"#{pane}").BoundingBoxAsync())!;
        return (Math.Round(box.X + box.Width / 2), Math.Round(box.Y + box.Height / 2));
    }

    private async Task AssertPageStoodStillAsync()
    {
        double[] view = await _page.Page.EvaluateAsync<double[]>("() => [visualViewport.scale, visualViewport.offsetLeft, visualViewport.offsetTop, scrollX, scrollY]");
        Assert.Equal([1, 0, 0, 0, 0], view);
    }
}
