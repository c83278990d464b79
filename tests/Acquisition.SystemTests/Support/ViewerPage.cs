using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Acquisition.SystemTests.Support;

/// <summary>The viewer's page in a browser, by what stands on it.</summary>
internal sealed class ViewerPage : IAsyncDisposable
{
    private const float PatienceMs = 60_000;

    private readonly List<string> _complaints = [];

    private ViewerPage(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(PatienceMs);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors that the page wrote to the console.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<ViewerPage> OpenAsync(IPage page, string address)
    {
        var viewer = new ViewerPage(page);
        await page.GotoAsync(address);
        await viewer.UntilAsync("() => window.viewer?.connected");
        return viewer;
    }

    /// <summary>Waits until a function of the page returns something true.</summary>
    public Task UntilAsync(string function) => Page.WaitForFunctionAsync(function, null, new() { Timeout = PatienceMs });

    /// <summary>Waits until a picture of this time point, with so many planes at least, is drawn.</summary>
    public Task UntilDrawnAsync(string pane, int t, int planes = 1) => UntilAsync(string.Create(
        CultureInfo.InvariantCulture, $"() => window.viewer.drawn.some(d => d.pane === '{pane}' && d.t === {t} && d.planes >= {planes})"));

    /// <summary>Does something that changes pictures, and waits until they are drawn again and nothing more changes.</summary>
    public async Task AndDrawnAsync(Func<Task> act)
    {
        int before = await Page.EvaluateAsync<int>("() => window.viewer.framesDrawn");
        await act();
        await UntilAsync(string.Create(CultureInfo.InvariantCulture, $"() => window.viewer.framesDrawn > {before}"));
        await SettleAsync();
    }

    /// <summary>Waits until a pane looks the same for several frames of the browser.</summary>
    public Task SettleAsync() => Page.EvaluateAsync(
        """
        async () => {
          for (let calm = 0, last = -1; calm < 8;) {
            await new Promise(requestAnimationFrame);
            calm = window.viewer.framesDrawn === last ? calm + 1 : 0;
            last = window.viewer.framesDrawn;
          }
        }
        """);

    /// <summary>Waits until nothing is left to draw. 3D is drawn coarsely while something moves, and sharply a while after.</summary>
    public Task UntilSharpAsync() => UntilAsync("() => window.viewer.isAtRest");

    /// <summary>Sets black and white of the chosen channel.</summary>
    public async Task LimitAsync(int black, int white)
    {
        await Page.FillAsync("#low", black.ToString(CultureInfo.InvariantCulture));
        await Page.PressAsync("#low", "Enter");
        await Page.FillAsync("#high", white.ToString(CultureInfo.InvariantCulture));
        await Page.PressAsync("#high", "Enter");
        await Page.EvaluateAsync("() => document.activeElement.blur()");
        await SettleAsync();
    }

    /// <summary>Colours in the middle of each cell, when the lit part of a picture is divided into so many columns and rows.</summary>
    public async Task<(int R, int G, int B)[,]> CellsAsync(string pane, int columns, int rows)
    {
        string json = await Page.EvaluateAsync<string>(
            """
            ([id, columns, rows]) => {
              const canvas = document.getElementById(id), { width, height } = canvas;
              const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
              const isLit = (x, y) => { const i = 4 * (y * width + x); return data[i] + data[i + 1] + data[i + 2] > 12; };
              let left = width, right = -1, top = height, bottom = -1;
              for (let y = 0; y < height; y++)
                for (let x = 0; x < width; x++)
                  if (isLit(x, y)) [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
              const cells = [];
              for (let r = 0; r < rows; r++)
                for (let c = 0; c < columns; c++) {
                  const x = Math.floor(left + (c + 0.5) * (right + 1 - left) / columns), y = Math.floor(top + (r + 0.5) * (bottom + 1 - top) / rows);
                  const i = 4 * (y * width + x);
                  cells.push(right < 0 ? [0, 0, 0] : [data[i], data[i + 1], data[i + 2]]);
                }
              return JSON.stringify(cells);
            }
            """,
            new object[] { pane, columns, rows });
        int[][] cells = JsonSerializer.Deserialize<int[][]>(json)!;
        var result = new (int R, int G, int B)[rows, columns];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                result[r, c] = (cells[r * columns + c][0], cells[r * columns + c][1], cells[r * columns + c][2]);
        return result;
    }

    /// <summary>All bytes of a picture, for telling whether it changed.</summary>
    public Task<string> PictureAsync(string pane) => Page.EvaluateAsync<string>("id => document.getElementById(id).toDataURL()", pane);

    /// <summary>How many pixels of a picture are not black.</summary>
    public Task<int> LitPixelsAsync(string pane) => Page.EvaluateAsync<int>(
        """
        id => {
          const canvas = document.getElementById(id), { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let lit = 0;
          for (let i = 0; i < data.length; i += 4) lit += data[i] + data[i + 1] + data[i + 2] > 12;
          return lit;
        }
        """,
        pane);

    /// <summary>The part of a picture that is not black, in pixels of the picture; right and bottom lie outside.</summary>
    public async Task<(int Left, int Top, int Right, int Bottom)> LitPartAsync(string pane)
    {
        int[] edges = await Page.EvaluateAsync<int[]>(
            """
            id => {
              const canvas = document.getElementById(id), { width, height } = canvas, { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
              let left = width, right = -1, top = height, bottom = -1;
              for (let y = 0; y < height; y++)
                for (let x = 0; x < width; x++) {
                  const i = 4 * (y * width + x);
                  if (data[i] + data[i + 1] + data[i + 2] > 12) [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
                }
              return [left, top, right + 1, bottom + 1];
            }
            """,
            pane);
        return (edges[0], edges[1], edges[2], edges[3]);
    }

    public async Task<(int Z, int Y, int X)> CrosshairAsync()
    {
        int[] at = await Page.EvaluateAsync<int[]>("() => { const { z, y, x } = window.viewer.crosshair; return [z, y, x]; }");
        return (at[0], at[1], at[2]);
    }

    /// <summary>Clicks the middle of a cell, when the lit part of a picture is divided into so many columns and rows.</summary>
    public async Task ClickCellAsync(string pane, int column, int row, int columns, int rows)
    {
        double[] at = await Page.EvaluateAsync<double[]>(
            """
            ([id, column, row, columns, rows]) => {
              const canvas = document.getElementById(id), { width, height } = canvas, box = canvas.getBoundingClientRect();
              const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
              let left = width, right = -1, top = height, bottom = -1;
              for (let y = 0; y < height; y++)
                for (let x = 0; x < width; x++) {
                  const i = 4 * (y * width + x);
                  if (data[i] + data[i + 1] + data[i + 2] > 12) [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
                }
              return [box.left + (left + (column + 0.5) * (right + 1 - left) / columns) * box.width / width,
                box.top + (top + (row + 0.5) * (bottom + 1 - top) / rows) * box.height / height];
            }
            """,
            new object[] { pane, column, row, columns, rows });
        await Page.Mouse.ClickAsync((float)at[0], (float)at[1]);
    }

    public async Task<string> TextAsync(string id) => await Page.TextContentAsync($"#{id}") ?? "";

    public async ValueTask DisposeAsync()
    {
        await Page.CloseAsync();
        Assert.DoesNotContain(_complaints, complaint => !complaint.Contains("WebSocket", StringComparison.Ordinal));
    }
}
