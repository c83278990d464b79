using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Acquisition.App.Terminal;
using Acquisition.Core;
using Acquisition.Storage.Export;

namespace Acquisition.App.Commands;

/// <summary><c>acquisition export</c>: copies stored volumes to formats that other programs read.</summary>
internal sealed class ExportCommand
{
    private static readonly (string Name, VolumeKind Kind)[] Kinds = [("raw", VolumeKind.Raw), ("restored", VolumeKind.Restored), ("uncertainty", VolumeKind.Uncertainty)];

    private static readonly (string Name, ExportFormat Format, string Ending)[] Formats =
    [
        ("ome-tiff", ExportFormat.OmeTiff, ".ome.tif"), ("imagej", ExportFormat.ImageJ, ".tif"),
        ("ome-zarr-0.4", ExportFormat.OmeZarr04, ".zarr"), ("png", ExportFormat.Png, "-projections"),
    ];

    private readonly Argument<string> _run = new("RUN") { Description = "The run folder, or one of its datasets." };

    private readonly Option<string> _what = new("--what") { Description = "Which volumes.", DefaultValueFactory = _ => "restored" };

    private readonly Option<string> _format = new("--format")
    {
        Description = "ome-tiff and imagej make one file, the latter below 4 GiB; ome-zarr-0.4 is for readers that do not know 0.5; png makes maximum projections.",
        DefaultValueFactory = _ => "ome-tiff",
    };

    private readonly Option<TimePointRange?> _timePoints = new("--t") { Description = "Time points, such as 0-9 or 4. Default: all.", HelpName = "FIRST-LAST" };

    private readonly Option<ImmutableArray<int>> _channels = new("--c") { Description = "Channels, such as 0 or 0,2. Default: all.", HelpName = "N,N" };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "File to make, or folder for ome-zarr-0.4 and png; must not exist. Default: the run's name in the current folder.",
        HelpName = "PATH",
    };

    private readonly Screen _screen;

    private ExportCommand(Screen screen)
    {
        _screen = screen;
        _what.AcceptOnlyFromAmong([.. Kinds.Select(kind => kind.Name)]);
        _format.AcceptOnlyFromAmong([.. Formats.Select(format => format.Name)]);
        _timePoints.CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            int?[] ends = [.. text.Split('-').Select(Number)];
            if (ends is [{ } one]) return new TimePointRange(one, one);
            if (ends is [{ } first, { } last] && first <= last) return new TimePointRange(first, last);
            result.AddError($"--t is '{text}'; expected a time point or a range such as 0-9");
            return null;
        };
        _channels.CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            int?[] channels = [.. text.Split(',').Select(Number)];
            if (channels.All(channel => channel is not null)) return [.. channels.OfType<int>().Distinct().Order()];
            result.AddError($"--c is '{text}'; expected numbers of channels such as 0,2");
            return [];
        };
    }

    public static Command Create(Screen screen)
    {
        var export = new ExportCommand(screen);
        var command = new Command("export", "Copies stored volumes to OME-TIFF, ImageJ hyperstack, OME-Zarr 0.4 or projections. Values, axes and voxel sizes stay exact.")
        {
            export._run, export._what, export._format, export._timePoints, export._channels, export._output,
        };
        command.SetAction(export.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string run = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetValue(_run)!)), what = parsed.GetValue(_what)!;
        var (_, format, ending) = Formats.Single(item => item.Name == parsed.GetValue(_format));
        var channels = parsed.GetValue(_channels);
        var request = new ExportRequest
        {
            Source = run,
            What = Kinds.Single(kind => kind.Name == what).Kind,
            Format = format,
            TimePoints = parsed.GetValue(_timePoints),
            Channels = channels.IsDefault ? [] : channels,
            Output = parsed.GetValue(_output) ?? $"{Path.GetFileName(run)}-{what}{ending}",
        };
        try
        {
            ExportResult result;
            using (var progress = new ProgressLine(_screen, TimeProvider.System)) result = Exporter.Write(request, progress);
            foreach (string remark in result.Remarks) _screen.Output.WriteLine(TerminalText.Plain(remark));
            _screen.Output.WriteLine($"export: {result.Output}");
            return ExitCode.Ok;
        }
        catch (AcquisitionException error)
        {
            _screen.Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
