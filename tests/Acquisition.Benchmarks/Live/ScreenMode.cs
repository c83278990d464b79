using System.Globalization;
using System.Text;
using System.Text.Json;
using Acquisition.Restoration.Benchmarking;
using Microsoft.Playwright;

namespace Acquisition.Benchmarks.Live;

/// <summary>From a restored volume finished to its pixels in a browser that draws without a graphics card, all views open.</summary>
internal static class ScreenMode
{
    private const int WarmUp = 4;

    /// <summary>Notes, of each volume and pane, when it was drawn first after it had been restored in this program.</summary>
    private const string Watch =
        """
        () => {
          window.firstDrawn = {};
          const note = () => {
            for (const { pane, kind, t, drawnUnixMs, finishedUnixMs, sentUnixMs, receivedUnixMs } of window.viewer.drawn)
              if (kind === 'restored' && finishedUnixMs > 0)
                window.firstDrawn[`${pane} ${t}`] ??= [drawnUnixMs - finishedUnixMs, sentUnixMs - finishedUnixMs, receivedUnixMs - sentUnixMs, drawnUnixMs - receivedUnixMs];
            setTimeout(note, 5);
          };
          note();
        }
        """;

    /// <param name="parent">Folder on the disk to use.</param>
    public static async Task<int> RunAsync(string parent, int volumes)
    {
        // A volume every 2.5 s, so that each is drawn before the next comes.
        var load = new Load { Shape = new(64, 128, 128), Factors = new(1, 2, 2), Volumes = WarmUp + volumes, FramesPerSec = 64 / 2.5 };
        using var bench = new Bench(parent);
        string camera = Bench.FreeTcpAddress();
        using Child program = bench.StartProgram(camera, publish: null, ["model: cubic"], viewer: "http://127.0.0.1:0");
        using IPlaywright playwright = await Playwright.CreateAsync().ConfigureAwait(false);
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] }).ConfigureAwait(false);
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } }).ConfigureAwait(false);
        await page.GotoAsync(ViewersMode.Page(program)).ConfigureAwait(false);
        await page.WaitForFunctionAsync("() => window.viewer?.connected").ConfigureAwait(false);
        await page.EvaluateAsync(Watch).ConfigureAwait(false);
        using Child sender = SendChild.Start(camera, load);
        SendChild.Result(sender);
        program.Succeed();
        string json = await page.EvaluateAsync<string>("() => JSON.stringify(window.firstDrawn)").ConfigureAwait(false);
        Dictionary<string, double[]> drawn = JsonSerializer.Deserialize<Dictionary<string, double[]>>(json)!;

        var text = new StringBuilder();
        text.AppendLine($"{ResultsFile.Origin(Machine.Current)}. {volumes} volumes restored to {load.Shape.Times(load.Factors)} uint16, one every 2.5 s, cubic; chromium without a graphics card,");
        text.AppendLine("1440×900, eight panes, on the same machine. From the restored volume handed over to its pixels drawn, ms; raw planes come beside it.").AppendLine();
        text.AppendLine("| picture | volumes drawn | p50 | p95 | max | medians: until sent, carried, drawn |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (string pane in new[] { "restored-xy", "restored-xz", "restored-yz", "restored-3d" })
        {
            double[][] all = [.. drawn.Where(first => first.Key.StartsWith($"{pane} ", StringComparison.Ordinal)
                && int.Parse(first.Key[(pane.Length + 1)..], CultureInfo.InvariantCulture) >= WarmUp).Select(first => first.Value)];
            double[] times = [.. all.Select(first => first[0])];
            double Part(int i) => Percentiles.Median(all.Select(first => first[i]));
            text.AppendLine($"| {pane} | {times.Length} of {volumes} | {Percentiles.Median(times):0} | {Percentiles.Of(times, 0.95):0} | {times.DefaultIfEmpty(double.NaN).Max():0} | {Part(1):0}, {Part(2):0}, {Part(3):0} |");
        }

        Console.Error.WriteLine(text);
        ResultsFile.Put("Restored volume to pixels on screen", text.ToString());
        return 0;
    }
}
