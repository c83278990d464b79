using System.Globalization;
using Acquisition.App.Models;
using Acquisition.Conditioning;
using Acquisition.Pipeline;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Transport;

namespace Acquisition.App.Configuration;

/// <summary>Says in sentences what a configuration will make happen.</summary>
internal static class ConfigMeaning
{
    public static IEnumerable<string> Of(AppConfig config)
    {
        yield return Source(config.Source);
        yield return Waiting(config.Pipeline);
        if (config.Conditioning.IsWanted) yield return Conditioning(config.Conditioning);
        yield return Restoration(config);
        if (config.Restoration.Uncertainty)
            yield return "Each restored volume comes with a map of the standard error to expect at each voxel.";
        yield return $"Every run gets a folder of its own in {config.Storage.Root}, with the raw and the restored volumes as OME-Zarr, "
            + "the models, the ledger and a report.";
        yield return config.Publish is { } publish
            ? $"Restored volumes are published (PUB) {Side(publish.Bind, publish.Address)}; "
                + $"a subscriber that falls {publish.HighWaterMark} volumes behind loses some."
            : "Nothing is published.";
        if (Keys(config.Source.Security, config.Source.Bind, "the microscope") is { } feeding) yield return feeding;
        if (config.Publish is { } listened && Keys(listened.Security, listened.Bind, "subscribers") is { } listening) yield return listening;
        if (config.Metrics is { } metrics)
            yield return $"Metrics go to {metrics.OtlpEndpoint} every {Seconds(metrics.Period)}; a run does not wait for that.";
        if (config.Viewer.Enabled) yield return $"A page at {config.Viewer.Address} shows the run while it goes on.";
        if (config.TruthFolder is { } truth) yield return $"After the run, volumes are scored against the originals in {truth}.";
        if (config.TruthFolder is not null && config.Conditioning is { OffsetAdu: > 0 } or { DarkFile: not null } or { FlatFile: not null } or { CorrectDrift: true })
            yield return "CAUTION: originals hold what conditioning takes off, so scores compare two different things.";
        foreach (string address in OpenAddresses(config))
            yield return $"CAUTION: {address} is open to the network, without keys or encryption; 'acquisition keygen' makes keys, 127.0.0.1 keeps it to this machine.";
    }

    private static string Source(SourceOptions source)
    {
        string pattern = source.Pattern == SocketPattern.PushPull
            ? "PULL from a microscope that pushes, which waits when this side is slower; nothing is lost"
            : "SUB to a microscope that publishes, which never waits; frames that come too fast are lost and counted";
        string stream = source.Stream is { } name ? $"the stream '{name}'" : "any stream";
        return $"Frames of {stream} come in {Side(source.Bind, source.Address)} ({pattern}).";
    }

    private static string Waiting(PipelineOptions pipeline)
    {
        string first = pipeline.FirstFrameTimeout is { } limit ? $"at most {Seconds(limit)}" : "without limit";
        return $"The first frame is waited for {first}; a scan that is silent for {Seconds(pipeline.FrameTimeout)} in mid-volume "
            + $"or {Seconds(pipeline.PauseTimeout)} between volumes counts as lost, "
            + string.Create(CultureInfo.InvariantCulture, $"and volumes take at most {pipeline.MemoryBudgetBytes >> 20} MiB of memory. ")
            + Lagging(pipeline);
    }

    private static string Lagging(PipelineOptions pipeline) => pipeline.LagPolicy switch
    {
        LagPolicy.Latest => "While restoration lags the newest volume goes first; the others follow when there is time, at the latest after the scan.",
        LagPolicy.EveryNth => string.Create(CultureInfo.InvariantCulture,
            $"While restoration lags every {pipeline.EveryNth}th time point goes first; the others follow when there is time, at the latest after the scan."),
        _ => "While restoration lags the oldest volume goes first.",
    };

    private static string Conditioning(ConditioningOptions options)
    {
        string[] steps =
        [
            .. options.DarkFile is { } dark ? [$"the dark picture {dark} is taken off"] : (string[])[],
            .. options.OffsetAdu > 0 ? [string.Create(CultureInfo.InvariantCulture, $"an offset of {options.OffsetAdu} is taken off")] : (string[])[],
            .. options.FlatFile is { } flat ? [$"samples are divided by the flat field {flat}"] : (string[])[],
            .. options.HotPixels ? ["hot pixels are replaced by the median around them"] : (string[])[],
            .. options.LinePhase ? ["odd rows are moved onto the even ones"] : (string[])[],
            .. options.CorrectDrift ? ["volumes are moved back onto the first one of their channel"]
                : options.ReportDrift ? ["the drift of each volume is measured"] : (string[])[],
        ];
        return $"Before a volume is tuned on or restored, {string.Join(", ", steps)}; raw data stays as it came. Volumes are restored once they are complete.";
    }

    private static string Restoration(AppConfig config)
    {
        RestorationOptions options = config.Restoration;
        if (options.Model == ModelNames.Cubic)
            return $"Volumes are restored by cubic interpolation with {options.BackProjections} rounds of back-projection; no network.";
        if (config.Prediction.WeightsFile is { } weights && ModelRegistry.Get(options.Model).Invents)
            return $"Volumes are restored by {options.Model} with the weights in {weights}; its results are PREDICTIONS and are marked so wherever they go.";
        if (options.Model != ModelNames.SelfVision) return Isotropy(config);
        string ensemble = options.Ensemble ? ", averaged over eight orientations" : "";
        return $"A network ({options.Variant.ToString().ToLowerInvariant()} variant) is tuned for {options.Steps} steps a stage "
            + $"on the first volume of each channel, on {options.Threads} threads (one less while frames come); volumes are restored with it where it beats "
            + $"back-projected cubic interpolation on held-out crops{ensemble}, with {options.BackProjections} rounds of back-projection.";
    }

    private static string Isotropy(AppConfig config)
    {
        IsotropicScanOptions options = config.Isotropy;
        string psf = options.BeadsFile is { } beads ? $"measured on {beads}"
            : options is { PsfLateralUm: { } lateral, PsfAxialUm: { } axial }
                ? string.Create(CultureInfo.InvariantCulture, $"{lateral} µm wide in y and x and {axial} µm in z")
                : "as the microscope announces it";
        if (config.Restoration.Model == ModelNames.RichardsonLucy)
            return $"Stacks are interpolated along z to cubic voxels and deconvolved by {options.Iterations} iterations of Richardson-Lucy, with a point spread function {psf}.";
        return $"{config.Restoration.Model} is trained for {options.Steps} steps on the first stack of each channel, with a point spread function {psf}, on "
            + $"{config.Restoration.Threads} threads (one less while frames come); stacks become cubic voxels, with it where it beats cubic interpolation on held-out planes.";
    }

    private static string Side(bool bind, string address) =>
        bind ? $"on {address}, which this side binds" : $"over a connection to {address}";

    private static string? Keys(SocketSecurity security, bool bind, string others) =>
        security.SecretKeyFile is null ? null
        : bind ? $"Connections of {others} are encrypted; those with a key in {security.AllowedKeysFile} get in."
        : $"The connection to {others} is encrypted, and made only with the one whose key is in {security.ServerKeyFile}.";

    private static IEnumerable<string> OpenAddresses(AppConfig config)
    {
        if (config.Source is { Bind: true, Security.SecretKeyFile: null } source && SocketSecurity.IsOpen(source.Address)) yield return source.Address;
        if (config.Publish is { Bind: true, Security.SecretKeyFile: null } publish && SocketSecurity.IsOpen(publish.Address)) yield return publish.Address;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
