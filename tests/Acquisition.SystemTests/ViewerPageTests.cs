using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Acquisition.SystemTests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>The page in a real browser, on the program as a process, fed by the simulator. Samples are 1000 + 8000 t + 4000 c + 500 z +
/// 120 y + 100 x (make_ramp.py), so that every pixel on screen has a value to be compared with.</summary>
public sealed class ViewerPageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const int Planes = RampRuns.Planes, Rows = RampRuns.Rows, Columns = RampRuns.Columns;

    private readonly Workspace _space = new();

    private RampRuns Runs => new(_space);

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Pixels_on_screen_are_the_values_that_were_sent()
    {
        string run = await StoreAsync(timePoints: 1);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        await page.UntilDrawnAsync("raw-xy", 0, Planes);
        await page.UntilDrawnAsync("restored-yz", 0, Planes);
        await page.LimitAsync(0, 25_500);

        (int z, int y, int x) = await page.CrosshairAsync();
        Assert.Equal((Planes / 2, Rows / 2, Columns / 2), (z, y, x));
        await AssertSlicesAsync(page, 0, z, y, x, value => value / 100.0);
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Contrast_maps_values_to_colours_in_the_page()
    {
        string run = await StoreAsync(timePoints: 1);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        await page.UntilDrawnAsync("restored-xy", 0, Planes);
        (int z, int y, int x) = await page.CrosshairAsync();

        await page.LimitAsync(1000, 11_200);
        await AssertSliceAsync(page, "restored-xy", Columns, Rows, (row, column) => (Value(0, z, row, column) - 1000) / 10_200.0 * 255);

        // gamma is 2 to the power of the slider
        await page.AndDrawnAsync(() => page.Page.EvaluateAsync(
            "() => { const g = document.getElementById('gamma'); g.value = -1; g.dispatchEvent(new Event('input', { bubbles: true })); g.dispatchEvent(new Event('change', { bubbles: true })); }"));
        double gamma = double.Parse(await page.TextAsync("gamma-value"), CultureInfo.InvariantCulture);
        Assert.NotEqual(1, gamma);
        await AssertSliceAsync(page, "restored-xy", Columns, Rows, (row, column) => 255 * Math.Pow((Value(0, z, row, column) - 1000) / 10_200.0, gamma), within: 4);

        // Auto goes back to percentiles of what is shown.
        await page.AndDrawnAsync(() => page.Page.ClickAsync("#auto"));
        double low = double.Parse(await page.Page.InputValueAsync("#low"), CultureInfo.InvariantCulture);
        double high = double.Parse(await page.Page.InputValueAsync("#high"), CultureInfo.InvariantCulture);
        Assert.InRange(low, 1000, 1500);
        Assert.InRange(high, Value(0, Planes - 1, Rows - 1, Columns - 1) - 500, Value(0, Planes - 1, Rows - 1, Columns - 1));

        // Magenta has no green in it.
        await page.AndDrawnAsync(() => page.Page.SelectOptionAsync("#colours", "magenta"));
        (int R, int G, int B)[,] cells = await page.CellsAsync("restored-xy", Columns, Rows);
        Assert.All(cells.Cast<(int R, int G, int B)>(), cell => Assert.InRange(cell.G, 0, 3));
        Assert.True(cells[Rows - 1, Columns - 1] is { R: > 100, B: > 75 }, $"The brightest corner is {cells[Rows - 1, Columns - 1]}.");
    }

    [Fact]
    public async Task One_crosshair_links_all_slices_of_both_sides()
    {
        string run = await StoreAsync(timePoints: 1);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        await page.UntilDrawnAsync("raw-xy", 0, Planes);
        await page.LimitAsync(0, 25_500);

        await page.AndDrawnAsync(() => page.ClickCellAsync("raw-xy", 19, 3, Columns, Rows));
        (int z, int y, int x) = await page.CrosshairAsync();
        Assert.Equal((Planes / 2, 3, 19), (z, y, x));
        await AssertSlicesAsync(page, 0, z, y, x, value => value / 100.0);

        await page.AndDrawnAsync(() => page.ClickCellAsync("restored-xz", 5, 1, Columns, Planes));
        (z, y, x) = await page.CrosshairAsync();
        Assert.Equal((1, 3, 5), (z, y, x));
        await AssertSlicesAsync(page, 0, z, y, x, value => value / 100.0);

        // The wheel goes through planes of the slice under it.
        await page.Page.HoverAsync("#raw-xy", new() { Force = true });
        await page.AndDrawnAsync(() => page.Page.Mouse.WheelAsync(0, 120));
        (z, y, x) = await page.CrosshairAsync();
        Assert.Equal((3, 3, 5), (z, y, x));
        await AssertSlicesAsync(page, 0, z, y, x, value => value / 100.0);
    }

    [Fact]
    public async Task Time_is_scrubbed_and_followed_by_keys()
    {
        string run = await StoreAsync(timePoints: 3);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        await page.UntilDrawnAsync("restored-xy", 2, Planes);
        await page.UntilDrawnAsync("raw-xy", 2, Planes);
        await page.LimitAsync(0, 25_500);
        (int z, int y, int x) = await page.CrosshairAsync();
        foreach ((string key, int t) in ((string, int)[])[("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 2)])
        {
            await page.Page.Keyboard.PressAsync(key);
            foreach (string pane in (string[])["raw-xy", "restored-xy", "raw-xz", "restored-yz"]) await page.UntilDrawnAsync(pane, t, Planes);
            await page.SettleAsync();
            await AssertSlicesAsync(page, t, z, y, x, value => value / 100.0);
        }
    }

    [Fact]
    public async Task The_3d_views_show_the_volume_and_turn()
    {
        string run = await StoreAsync(timePoints: 1);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        foreach (string pane in (string[])["raw-3d", "restored-3d"])
        {
            await page.UntilDrawnAsync(pane, 0, Planes);
            await page.SettleAsync();
            Assert.InRange(await page.LitPixelsAsync(pane), 1000, int.MaxValue);
            string before = await page.PictureAsync(pane);
            ElementHandleBoundingBoxResult box = (await (await page.Page.QuerySelectorAsync($"#{pane}"))!.BoundingBoxAsync())!;
            await page.AndDrawnAsync(async () =>
            {
                await page.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
                await page.Page.Mouse.DownAsync();
                await page.Page.Mouse.MoveAsync(box.X + box.Width / 2 + 80, box.Y + box.Height / 2 + 30, new() { Steps = 4 });
                await page.Page.Mouse.UpAsync();
            });
            Assert.NotEqual(before, await page.PictureAsync(pane));
            Assert.InRange(await page.LitPixelsAsync(pane), 1000, int.MaxValue);
        }

        await page.AndDrawnAsync(() => page.Page.SelectOptionAsync("#rendering", "shaded"));
        Assert.InRange(await page.LitPixelsAsync("restored-3d"), 1000, int.MaxValue);
    }

    [Fact]
    public async Task A_volume_fills_in_plane_by_plane_while_it_comes()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(program));
        // Volume 0 and, when there was time to look at it, four planes of volume 1; then the camera holds its breath.
        await using RunningProcess simulator = await PlayAsync(
            camera, timePoints: 2, "--interval-ms", "8000", "--stall-after", $"{Planes + 4}", "--stall-ms", "600000");
        await page.UntilDrawnAsync("raw-xz", 0, Planes);
        await page.UntilDrawnAsync("raw-xz", 1, 4);
        await page.UntilDrawnAsync("restored-xy", 0, Planes);
        await page.LimitAsync(0, 25_500);

        // Rows are planes in xz; those that did not come yet are still those of the volume before.
        (_, int y, _) = await page.CrosshairAsync();
        await AssertSliceAsync(page, "raw-xz", Columns, Planes, (z, x) => Value(z < 4 ? 1 : 0, z, y, x) / 100.0);
        Assert.Equal("4", await page.Page.EvaluateAsync<string>("() => String(window.viewer.drawn.find(d => d.pane === 'raw-xz').planes)"));

        program.Interrupt();
        await program.ExitAsync();
    }

    [Fact]
    public async Task A_source_that_dies_is_told_in_plain_red_words()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera, frameTimeoutSec: 3);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(program));
        await using RunningProcess simulator = await PlayAsync(camera, timePoints: 3, "--die-after", $"{Planes + 2}");
        await page.UntilDrawnAsync("raw-xy", 1, 2);
        await page.UntilAsync("() => !document.getElementById('alert').hidden && /silent|lost/i.test(document.getElementById('alert').textContent)");
        await program.ExitAsync();
        await page.UntilAsync("() => document.getElementById('connection').dataset.state === 'lost'");
        Assert.Contains("source lost", (await page.TextAsync("state")).ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_comes_back_when_the_program_does()
    {
        string run = await StoreAsync(timePoints: 1), address = $"http://127.0.0.1:{FreePort()}";
        RunningProcess first = View(run, address);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(first));
        await page.UntilDrawnAsync("restored-xy", 0, Planes);
        await first.DisposeAsync();
        await page.UntilAsync("() => document.getElementById('connection').dataset.state === 'lost'");
        await using RunningProcess second = View(run, address);
        await page.UntilAsync("() => window.viewer.connected");
        await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("Home"));
        await page.UntilDrawnAsync("restored-xy", 0, Planes);
    }

    [Fact]
    public async Task What_a_channel_is_called_is_text_and_never_markup()
    {
        const string hostile = "<img src=x onerror=document.title='taken'><b>GFP</b>";
        string run = await StoreAsync(timePoints: 1, hostile);
        await using RunningProcess viewer = View(run);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(viewer));
        await page.UntilDrawnAsync("restored-xy", 0, Planes);
        Assert.Contains(hostile, await page.TextAsync("channels"), StringComparison.Ordinal);
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("() => document.querySelectorAll('img, #channels b').length"));
        Assert.NotEqual("taken", await page.Page.TitleAsync());
    }

    [Fact]
    public async Task A_person_stops_the_scan_from_the_page()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = Run(camera);
        await using ViewerPage page = await browser.OpenAsync(await AddressAsync(program));
        await using RunningProcess simulator = await PlayAsync(camera, timePoints: 3, "--stall-after", $"{Planes + 4}", "--stall-ms", "600000");
        await page.UntilDrawnAsync("raw-xy", 1, 4);
        await page.Page.ClickAsync("#retune");
        await page.UntilAsync("() => /cubic|undersampled/.test(document.getElementById('answer').textContent)");
        await page.Page.ClickAsync("#stop");
        await page.Page.ClickAsync("#stop-yes");
        await program.SucceedsAsync();
        Assert.Equal("cancelled", _space.Report.GetProperty("status").GetProperty("outcome").GetString());
        Assert.Equal(2, _space.Report.GetProperty("status").GetProperty("volumes").GetProperty("restored").GetInt64());
    }

    [Fact]
    public async Task A_token_decides_who_may_look_and_who_may_act()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(camera, restoration: "model: cubic", viewer: "address: http://127.0.0.1:0\n  require_token: true"));
        string operators = await AddressAsync(program), guests = await AddressAsync(program, "viewer, to look only: ");
        string bare = operators[..operators.IndexOf("/?", StringComparison.Ordinal)];
        IPage stranger = await browser.NewPageAsync();
        foreach (string address in (string[])[bare, $"{bare}/?token=wrong", $"{bare}/api/status", $"{bare}/data/raw.zarr/zarr.json"])
            Assert.Equal(401, (await stranger.GotoAsync(address))!.Status);
        await stranger.CloseAsync();

        await using RunningProcess simulator = await PlayAsync(camera, timePoints: 2, "--stall-after", $"{Planes + 2}", "--stall-ms", "600000");
        await using (ViewerPage guest = await browser.OpenAsync(guests))
        {
            await guest.UntilDrawnAsync("raw-xy", 1, 2);
            await guest.UntilAsync("() => document.getElementById('state').textContent.startsWith('Live')");
            Assert.DoesNotContain("token", guest.Page.Url, StringComparison.Ordinal);
            Assert.False(await guest.Page.IsVisibleAsync("#stop"));
            Assert.Equal(2, await guest.Page.Locator("#links button").CountAsync());
            Assert.Equal(0, await guest.Page.Locator("#links a").CountAsync()); // sites elsewhere have no token
        }

        await using ViewerPage person = await browser.OpenAsync(operators);
        await person.Page.ClickAsync("#stop");
        await person.Page.ClickAsync("#stop-yes");
        await program.SucceedsAsync();
    }

    [Fact]
    public async Task A_page_of_another_site_sees_nothing_of_the_run()
    {
        string run = await StoreAsync(timePoints: 1);
        await using RunningProcess viewer = View(run);
        string address = await AddressAsync(viewer);
        IPage foreign = await browser.NewPageAsync();
        await foreign.RouteAsync("http://elsewhere.example/**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<title>elsewhere</title>" }));
        await foreign.GotoAsync("http://elsewhere.example/");
        string live = address.Replace("http", "ws", StringComparison.Ordinal).TrimEnd('/') + "/live";
        Assert.Equal("closed", await foreign.EvaluateAsync<string>(
            "live => new Promise(done => { const s = new WebSocket(live); s.onopen = () => done('open'); s.onclose = () => done('closed'); })", live));
        Assert.Equal("refused", await foreign.EvaluateAsync<string>(
            "url => fetch(url).then(answer => answer.text()).then(() => 'read', () => 'refused')", address.TrimEnd('/') + "/api/status"));
        await foreign.CloseAsync();
    }

    [Fact]
    public async Task Other_viewers_are_opened_at_what_is_shown_here()
    {
        string run = await StoreAsync(timePoints: 2);
        await using RunningProcess viewer = View(run);
        string address = await AddressAsync(viewer);
        await using ViewerPage page = await browser.OpenAsync(address);
        await page.UntilDrawnAsync("restored-xy", 1, Planes);
        await page.LimitAsync(1000, 11_200);
        await page.AndDrawnAsync(() => page.ClickCellAsync("raw-xy", 19, 3, Columns, Rows));

        ILocator link = page.Page.GetByLabel("Open restored in neuroglancer");
        await link.HoverAsync();
        string[] parts = (await link.GetAttributeAsync("href"))!.Split("/#!");
        Assert.Equal("https://neuroglancer-demo.appspot.com", parts[0]);
        JsonElement state = JsonDocument.Parse(Uri.UnescapeDataString(parts[1])).RootElement, layer = Assert.Single(state.GetProperty("layers").EnumerateArray());
        Assert.Equal(["x", "y", "z", "t"], state.GetProperty("dimensions").EnumerateObject().Select(axis => axis.Name));
        Assert.Equal([19, 3, Planes / 2, 1], state.GetProperty("position").EnumerateArray().Select(at => at.GetDouble()));
        Assert.Equal($"{address}/data/restored.zarr/|zarr3:", layer.GetProperty("source").GetString());
        Assert.Equal([1000, 11_200], layer.GetProperty("shaderControls").GetProperty("normalized").GetProperty("range").EnumerateArray().Select(at => at.GetDouble()));

        Assert.Equal(
            $"https://hms-dbmi.github.io/vizarr/?source={Uri.EscapeDataString($"{address}/data/raw.zarr")}",
            await page.Page.GetByLabel("Open raw in vizarr").GetAttributeAsync("href"));
    }

    private static int Value(int t, int z, int y, int x) => RampRuns.Value(t, z, y, x);

    /// <summary>Compares the three slices of both sides with what was sent.</summary>
    private static async Task AssertSlicesAsync(ViewerPage page, int t, int z, int y, int x, Func<int, double> grey)
    {
        foreach (string side in (string[])["raw", "restored"])
        {
            await AssertSliceAsync(page, $"{side}-xy", Columns, Rows, (row, column) => grey(Value(t, z, row, column)));
            await AssertSliceAsync(page, $"{side}-xz", Columns, Planes, (row, column) => grey(Value(t, row, y, column)));
            await AssertSliceAsync(page, $"{side}-yz", Planes, Rows, (row, column) => grey(Value(t, column, row, x)));
        }
    }

    private static async Task AssertSliceAsync(ViewerPage page, string pane, int columns, int rows, Func<int, int, double> grey, double within = 2)
    {
        (int R, int G, int B)[,] cells = await page.CellsAsync(pane, columns, rows);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double expected = Math.Clamp(grey(row, column), 0, 255);
                (int r, int g, int b) = cells[row, column];
                Assert.True(
                    Math.Abs(r - expected) <= within && r == g && g == b,
                    string.Create(CultureInfo.InvariantCulture, $"{pane}, row {row}, column {column}: ({r}, {g}, {b}), and {expected:0.0} was expected."));
            }
        }
    }

    private Task<string> StoreAsync(int timePoints, params string[] channels) => Runs.StoreAsync(timePoints, channels);

    private RunningProcess Run(string camera, int frameTimeoutSec = 600) => Runs.Run(camera, frameTimeoutSec);

    private static RunningProcess View(string run, string address = "http://127.0.0.1:0") => RampRuns.View(run, address);

    private Task<RunningProcess> PlayAsync(string camera, int timePoints, params string[] options) => Runs.PlayAsync(camera, timePoints, options);

    private static Task<string> AddressAsync(RunningProcess program, string mark = "viewer: ") => RampRuns.AddressAsync(program, mark);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
