using System.Reflection;
using System.Xml.Linq;
using Acquisition.Core;
using Acquisition.Storage.Files;
using static Acquisition.Storage.Reporting.Html;

namespace Acquisition.Storage.Reporting;

/// <summary>The report of a run as one page, report.html: numbers, times, charts and pictures in a single file that needs no network and no script.</summary>
/// <remarks>Made from what lies in the run's folder alone, so it can be made again at any time. One volume is in memory at a time.</remarks>
public static partial class RunPage
{
    public const string FileName = "report.html";

    private const string ReportFile = "report.json", LedgerFile = "ledger.jsonl", SettingsFile = "run.yaml";

    /// <summary>Longest settings file that is shown in full; bytes.</summary>
    private const int MostSettingsBytes = 1 << 16;

    /// <summary>Writes the page into a run's folder, replacing one that is there.</summary>
    /// <param name="folder">A run folder that holds report.json; everything else may be missing.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="StorageException">A file cannot be read, or the page cannot be written.</exception>
    /// <exception cref="DataFormatException">report.json is not a run report.</exception>
    public static string Write(string folder)
    {
        RunReport report = RunReportJson.Read(Path.Combine(folder, ReportFile));
        string path = Path.Combine(folder, FileName);
        try
        {
            byte[] page = Html.Write(Compose(folder, report, RunStory.Read(Path.Combine(folder, LedgerFile))));
            AtomicFile.Write(path, page, replace: true);
            return path;
        }
        catch (Exception fault) when (DiskFault.Is(fault))
        {
            throw DiskFault.Translate(fault, "write the report's page", path);
        }
    }

    /// <summary>The same at the end of a run, which no page may fail: what it shows is stored by then, and it can be made again.</summary>
    /// <returns>Whether the page was written.</returns>
    public static bool TryWrite(string folder)
    {
        try
        {
            Write(folder);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static XElement Compose(string folder, RunReport report, RunStory story)
    {
        RunStatus status = report.Status;
        string title = $"{status.Plan?.Stream ?? "Run"} · {Say.Time(report.StartedAt)} UTC";
        var clock = new StoryClock(story.StartedAt ?? report.StartedAt);
        return El("html", At("lang", "en"),
            El("head",
                El("meta", At("charset", "utf-8")),
                El("meta", At("http-equiv", "Content-Security-Policy"), At("content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'")),
                El("meta", At("name", "viewport"), At("content", "width=device-width, initial-scale=1")),
                El("title", $"Run report · {title}"),
                El("style", Style())),
            El("body",
                Head(report, title),
                Section("Account", Account(report)),
                Section("Pictures", status.Plan is { } plan ? new VolumePictures(folder, plan, story).Draw() : []),
                Section("Quality", Quality(report, story, clock)),
                Section("Conditioning", Conditioning(story, clock)),
                Section("Lag", Lag(story, clock)),
                Section("Times per stage", Timings(report)),
                Section("Queues", Queues(status)),
                Section("States", States(report, story, clock)),
                Section("Models", Models(status, story, clock)),
                Section("Warnings", Warnings(report, story, clock)),
                Section("Scan", status.Plan is { } scan ? Scan(scan) : []),
                Section("Settings", Settings(folder)),
                El("footer", $"Written by {Software} from {folder}. Percentiles are those of all items of the run, to 2 %. ",
                    "Times are in UTC. Decibels are peak signal-to-noise ratios; higher is better.")));
    }

    /// <summary>Nothing for a section without content.</summary>
    private static XElement? Section(string title, IEnumerable<XElement?> content)
    {
        XElement[] parts = [.. content.OfType<XElement>()];
        return parts.Length == 0 ? null : El("section", El("h2", title), parts);
    }

    private static string Software => $"Acquisition {typeof(RunPage).Assembly.GetName().Version?.ToString(3)}";

    private static string Style()
    {
        using Stream style = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")
            ?? throw new InvalidOperationException("The page's style is missing from the program.");
        using var reader = new StreamReader(style);
        return reader.ReadToEnd();
    }

    /// <summary>Moments of the run as seconds since the scan was taken.</summary>
    private readonly record struct StoryClock(DateTimeOffset Start)
    {
        public double Seconds(DateTimeOffset at) => Math.Max(0, (at - Start).TotalSeconds);

        public string Since(DateTimeOffset at) => "+" + Say.Duration(TimeSpan.FromSeconds(Seconds(at)));
    }
}
