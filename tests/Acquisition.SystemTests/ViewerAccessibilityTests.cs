using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>The page for people who see little, have no mouse, or a window of another size.</summary>
public sealed class ViewerAccessibilityTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private static readonly (int Width, int Height)[] Sizes = [(900, 600), (900, 700), (1440, 900), (2560, 1440), (3840, 2160)];

    private readonly Workspace _space = new();

    private RampRuns Runs => new(_space);

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task No_rule_of_WCAG_is_broken_and_nothing_is_hidden_while_a_scan_is_waited_for()
    {
        await using RunningProcess program = Runs.Run(Workspace.FreeAddress());
        string address = await RampRuns.AddressAsync(program);
        foreach ((int width, int height) in Sizes)
        {
            await using ViewerPage page = await browser.OpenAsync(address, width, height);
            await page.UntilAsync("() => /Waiting/.test(document.getElementById('state').textContent)");
            await JudgeAsync(page, $"waiting, {width}×{height}");
        }

        program.Interrupt();
        await program.ExitAsync();
    }

    [Fact]
    public async Task No_rule_of_WCAG_is_broken_and_nothing_is_hidden_while_a_scan_runs()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = Runs.Run(camera);
        string address = await RampRuns.AddressAsync(program);
        await using RunningProcess simulator = await HeldScanAsync(camera);
        foreach ((int width, int height) in Sizes)
        {
            string size = $"{width}×{height}";
            await using ViewerPage page = await browser.OpenAsync(address, width, height);
            await page.UntilDrawnAsync("restored-xy", 0, RampRuns.Planes);
            await page.UntilDrawnAsync("raw-xy", 0);
            await page.SettleAsync();
            await JudgeAsync(page, $"scanning, {size}");

            await page.Page.Keyboard.PressAsync("?");
            await JudgeAsync(page, $"help, {size}");
            await page.Page.ClickAsync("#help-close");

            await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("s"));
            await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("n"));
            await JudgeAsync(page, $"swipe, two contrasts, {size}");

            await page.Page.ClickAsync("#stop");
            await JudgeAsync(page, $"question before stopping, {size}");
        }

        program.Interrupt();
        await program.ExitAsync();
    }

    [Fact]
    public async Task Every_control_is_reached_with_tab_in_the_order_of_the_page_and_shows_it()
    {
        string camera = Workspace.FreeAddress();
        await using RunningProcess program = Runs.Run(camera);
        await using ViewerPage page = await browser.OpenAsync(await RampRuns.AddressAsync(program));
        await using RunningProcess simulator = await HeldScanAsync(camera);
        await page.UntilDrawnAsync("restored-xy", 0, RampRuns.Planes);
        await page.SettleAsync();
        var reached = await Accessibility.TabThroughAsync(page.Page);
        string[] all = await page.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('a[href], button, input, select, [tabindex]')].filter(e => e.checkVisibility() && !e.disabled)
              .map(e => e.id || e.getAttribute('aria-label') || e.textContent.trim())
            """);
        Assert.Equal(all, reached.Select(each => each.Name));
        Assert.All(reached, each => Assert.Equal("solid 2px", each.Outline));
        Assert.Equal(8, reached.Count(each => each.Name.EndsWith("slice", StringComparison.Ordinal) || each.Name.EndsWith("3D view", StringComparison.Ordinal)));

        program.Interrupt();
        await program.ExitAsync();
    }

    [Fact]
    public async Task The_pictures_are_looked_through_without_a_mouse()
    {
        string run = await Runs.StoreAsync(timePoints: 2);
        await using RunningProcess viewer = RampRuns.View(run);
        await using ViewerPage page = await browser.OpenAsync(await RampRuns.AddressAsync(viewer));
        await page.UntilDrawnAsync("restored-xy", 1, RampRuns.Planes);

        // The slice that has the focus is the one that keys move in.
        await page.Page.FocusAsync("[aria-label='raw xz slice']");
        await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("ArrowDown"));
        Assert.Equal((RampRuns.Planes / 2, RampRuns.Rows / 2 + 1, RampRuns.Columns / 2), await page.CrosshairAsync());
        await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("k"));
        Assert.Equal((RampRuns.Planes / 2 + 1, RampRuns.Rows / 2 + 1, RampRuns.Columns / 2), await page.CrosshairAsync());

        // A slider moves by its own keys, and the others still mean the pictures.
        await page.Page.FocusAsync("#time-point");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.UntilDrawnAsync("restored-xy", 0, RampRuns.Planes);
        await page.AndDrawnAsync(() => page.Page.Keyboard.PressAsync("3"));
        Assert.Equal("yz", await page.Page.GetAttributeAsync("#pictures", "data-view"));

        // What is typed into a field is no command.
        await page.Page.FocusAsync("#low");
        await page.Page.Keyboard.PressAsync("5");
        Assert.Equal("yz", await page.Page.GetAttributeAsync("#pictures", "data-view"));
        await page.Page.Keyboard.PressAsync("Escape");

        // Keys can be switched off; longer ones, such as arrows, still act.
        await page.Page.Keyboard.PressAsync("?");
        await page.Page.UncheckAsync("#keys-on");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("5");
        Assert.Equal("yz", await page.Page.GetAttributeAsync("#pictures", "data-view"));
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await page.UntilDrawnAsync("restored-yz", 1, RampRuns.Planes);
    }

    /// <summary>One volume and four planes of the next; then the camera holds its breath.</summary>
    private Task<RunningProcess> HeldScanAsync(string camera) =>
        Runs.PlayAsync(camera, 3, ["c0", "c1"], ["--stall-after", $"{2 * RampRuns.Planes + 4}", "--stall-ms", "600000"]);

    private static async Task JudgeAsync(ViewerPage page, string state)
    {
        await Accessibility.AssertNoViolationAsync(page.Page, state);
        await Accessibility.AssertNothingIsHiddenAsync(page.Page, state);
    }
}
