using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Acquisition.Core;
using Acquisition.HardwareSim.Sending;

namespace Acquisition.HardwareSim.Commands;

/// <summary>The options of commands that make up a scan: what it is called, how fast it goes, and where the truth is kept.</summary>
internal sealed partial class ScanArguments
{
    private readonly Option<string?> _truth = new("--truth")
    {
        Description = "Folder for the fine volumes that the receiver does not get, so that its result can be scored: t000_c0.tif …",
        HelpName = "folder",
    };

    private readonly Option<string> _stream = new("--stream")
    {
        Description = "Name of the stream: 1 to 32 of a-z, 0-9 and hyphens.",
        DefaultValueFactory = _ => "sim",
        CustomParser = ParseStream,
    };

    private readonly Option<Guid?> _scanId = new("--scan-id") { Description = "The scan's UUID. Default: a new one.", HelpName = "uuid" };

    private readonly Option<TimeSpan> _fps = new("--fps")
    {
        Description = "Frames a second, or 'max' for as fast as the receiver takes them, which is the default.",
        HelpName = "rate",
        CustomParser = ParseRate,
    };

    private readonly Option<double?> _dwellUs = Values.OptionalNumber(
        "--dwell-us", "Instead of --fps: time a raster scan spends on one sample; microseconds.", 0.001, 1e6);

    private readonly Option<double> _intervalMs = Values.Number(
        "--interval-ms", "Time from the start of one time point to the next; milliseconds. 0: one right after the other.", 0, 1e9, 0.0);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_truth, _stream, _scanId, _fps, _dwellUs, _intervalMs]) command.Options.Add(option);
        SendingArguments.Exclude(command, _fps, _dwellUs);
    }

    public Announcement Announcement(ParseResult parsed)
    {
        double intervalMs = parsed.GetValue(_intervalMs);
        return new Announcement
        {
            ScanId = parsed.GetValue(_scanId) ?? Guid.NewGuid(),
            Stream = parsed.GetValue(_stream)!,
            Interval = intervalMs > 0 ? TimeSpan.FromMilliseconds(intervalMs) : null,
        };
    }

    /// <summary>Where the truth goes; <see langword="null"/> for nowhere.</summary>
    /// <exception cref="StorageException">The folder cannot be made.</exception>
    public TruthFolder? Truth(ParseResult parsed) => parsed.GetValue(_truth) is { } folder ? new TruthFolder(folder) : null;

    /// <summary>The series as a stream of messages.</summary>
    /// <param name="series">Belongs to the stream from here on.</param>
    public SeriesStream Stream(ParseResult parsed, IVolumeSeries series, TruthFolder? truth)
    {
        TimeSpan? dwell = parsed.GetValue(_dwellUs) is { } us ? TimeSpan.FromMicroseconds(us) : null;
        return new SeriesStream(series, dwell * series.Plan.Shape.PlaneVoxels ?? parsed.GetValue(_fps), truth?.Location);
    }

    private static TimeSpan ParseRate(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == "max") return TimeSpan.Zero;
        if (double.TryParse(text, CultureInfo.InvariantCulture, out double rate) && rate is >= 1e-6 and <= 1e6) return TimeSpan.FromSeconds(1 / rate);
        result.AddError($"--fps is '{text}'; it must be a number of frames a second greater than zero, or max.");
        return TimeSpan.Zero;
    }

    private static string ParseStream(ArgumentResult result)
    {
        string stream = result.Tokens[0].Value;
        if (!StreamName().IsMatch(stream)) result.AddError($"--stream is '{stream}'; it must be 1 to 32 of a-z, 0-9 and hyphens.");
        return stream;
    }

    [GeneratedRegex("^[a-z0-9-]{1,32}$")]
    private static partial Regex StreamName();
}
