using System.Globalization;
using Acquisition.SystemTests.Support;
using Xunit;

namespace Acquisition.SystemTests;

/// <summary>Volumes so large that the planes through the crosshair are sent ahead, in a real browser. Samples are 1000 + 8000 t + 500 z +
/// 120 y + 100 x (make_ramp.py).</summary>
public sealed class ViewerAheadTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const int Planes = 16, Rows = 128, Columns = 256;

    private readonly Workspace _space = new();

    public void Dispose() => _space.Dispose();

    [Fact]
    public async Task Slices_are_drawn_from_planes_that_come_before_the_volume_and_hold_what_was_sent()
    {
        string camera = Workspace.FreeAddress(), stack = _space.PathOf("ramp.ome.tif");
        await Workspace.PythonAsync("make_ramp.py", [stack, $"2,1,{Planes},{Rows},{Columns}"]);
        await using RunningProcess program = RunningProcess.StartProgram(
            "acquisition", "run", "--config", _space.WriteConfig(camera, restoration: "model: cubic"), "--viewer", "http://127.0.0.1:0");
        await using ViewerPage page = await browser.OpenAsync(await RampRuns.AddressAsync(program));
        await using RunningProcess simulator = RunningProcess.StartProgram("hardware-sim", ["play", stack, "--address", camera, "--interval-ms", "3000"]);
        await page.UntilDrawnAsync("restored-3d", 1, Planes);
        await page.UntilDrawnAsync("restored-xy", 1, Planes);
        await page.LimitAsync(0, 65_535);

        // What a slice was drawn from has a lower number than the volume, which is sent after it.
        Assert.True(await page.Page.EvaluateAsync<bool>(
            "() => { const id = pane => window.viewer.drawn.find(d => d.pane === pane).id; return id('restored-xy') < id('restored-3d'); }"));
        (int z, int y, int x) = await page.CrosshairAsync();
        await AssertSliceAsync(page, "restored-xy", Columns, Rows, (row, column) => Value(z, row, column));
        await AssertSliceAsync(page, "restored-xz", Columns, Planes, (row, column) => Value(row, y, column));
        await AssertSliceAsync(page, "restored-yz", Planes, Rows, (row, column) => Value(column, row, x));

        // Elsewhere the volume serves.
        await page.Page.HoverAsync("#restored-xy", new() { Force = true });
        await page.AndDrawnAsync(() => page.Page.Mouse.WheelAsync(0, 120));
        Assert.Equal((z + 2, y, x), await page.CrosshairAsync()); // 60 units of the wheel a plane
        await AssertSliceAsync(page, "restored-xy", Columns, Rows, (row, column) => Value(z + 2, row, column));
        await program.SucceedsAsync();
    }

    private static int Value(int z, int y, int x) => 1000 + 8000 + 500 * z + 120 * y + 100 * x;

    private static async Task AssertSliceAsync(ViewerPage page, string pane, int columns, int rows, Func<int, int, int> value)
    {
        (int R, int G, int B)[,] cells = await page.CellsAsync(pane, columns, rows);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                // A cell is little more than a pixel wide, and its neighbours differ by less than 2.
                double expected = value(row, column) / 257.0;
                Assert.True(
                    Math.Abs(cells[row, column].R - expected) <= 2,
                    string.Create(CultureInfo.InvariantCulture, $"{pane}, row {row}, column {column}: {cells[row, column]}, and {expected:0.0} was expected."));
            }
        }
    }
}
