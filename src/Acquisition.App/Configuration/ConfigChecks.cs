using Acquisition.App.Models;
using Acquisition.App.Runs;
using Acquisition.Conditioning;
using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.App.Configuration;

/// <summary>What must hold between settings, and between settings and the machine.</summary>
internal static class ConfigChecks
{
    /// <summary>For a configuration whose folders and addresses belong to another time or machine.</summary>
    public static IEnumerable<(string Path, string Message)> None(AppConfig config) => [];

    /// <returns>Path of the setting to blame, and the fault without that path.</returns>
    public static IEnumerable<(string Path, string Message)> All(AppConfig config)
    {
        if (config.Publish is { } publish && publish.Address == config.Source.Address)
            yield return ("publish.address", $"is '{publish.Address}', the address of the source too; give each its own port");

        if (!config.Source.Bind && HasOpenPort(config.Source.Address))
            yield return ("source.address", $"is '{config.Source.Address}', which has no port to connect to; give the number, or set source.bind to true");

        if (config.Publish is { Bind: false } connecting && HasOpenPort(connecting.Address))
            yield return ("publish.address", $"is '{connecting.Address}', which has no port to connect to; give the number, or set publish.bind to true");

        foreach (var fault in Security("source", config.Source.Security, config.Source.Address, config.Source.Bind)) yield return fault;

        if (config.Publish is { } outgoing)
        {
            foreach (var fault in Security("publish", outgoing.Security, outgoing.Address, outgoing.Bind)) yield return fault;
        }

        foreach (var fault in Conditioning(config.Conditioning)) yield return fault;

        foreach (var fault in ModelRegistry.Get(config.Restoration.Model).Check(config)) yield return fault;

        if (config.Viewer.Address.StartsWith("https:", StringComparison.Ordinal) && config.Viewer.CertificateFile is null)
            yield return ("viewer.address", $"is '{config.Viewer.Address}', which needs viewer.certificate_file; give one, or write http");

        if (WhyNotWritable(config.Storage.Root) is { } reason)
            yield return ("storage.root", $"is '{config.Storage.Root}', where nothing can be written: {reason}; give a folder that this account may write to");

        if (config.TruthFolder is { } truth && !Directory.Exists(truth))
            yield return ("scoring.truth", $"is '{truth}', which is no folder; give the one that the simulator was given with --truth");
    }

    private static IEnumerable<(string Path, string Message)> Security(string section, SocketSecurity security, string address, bool bind) =>
        security.Faults(address, bind, key => $"{section}.{key}").Select(fault => ($"{section}.{fault.Key}", fault.Message));

    private static IEnumerable<(string Path, string Message)> Conditioning(ConditioningOptions options)
    {
        if (options is { OffsetAdu: > 0, DarkFile: not null })
            yield return ("conditioning.offset", "is given beside conditioning.dark_file, which holds the offset of each pixel; keep one of the two");

        if (options.DarkFile is { } dark && WhyNoImage(dark, mustBePositive: false) is { } darkFault)
            yield return ("conditioning.dark_file", $"cannot be used: {darkFault}");

        if (options.FlatFile is { } flat && WhyNoImage(flat, mustBePositive: true) is { } flatFault)
            yield return ("conditioning.flat_file", $"cannot be used: {flatFault}");

        if (!options.NeedsOpenCv || OpenCv.WhyUnavailable() is not { } missing) yield break;
        (bool IsOn, string Key)[] steps =
        [
            (options.HotPixels, "hot_pixels"), (options.LinePhase, "line_phase"), (options.ReportDrift, "report_drift"), (options.CorrectDrift, "correct_drift"),
        ];
        foreach (var (_, key) in steps.Where(step => step.IsOn)) yield return ($"conditioning.{key}", $"is true: {missing.TrimEnd('.')}");
    }

    private static string? WhyNoImage(string path, bool mustBePositive)
    {
        try
        {
            CalibrationImage image = CalibrationFile.Read(path);
            if (mustBePositive) image.RequirePositive();
            return null;
        }
        catch (AcquisitionException fault)
        {
            return fault.Message.TrimEnd('.');
        }
    }

    private static bool HasOpenPort(string address) =>
        address.EndsWith(":*", StringComparison.Ordinal) || address.StartsWith("tcp://*:", StringComparison.Ordinal);

    /// <summary>Tries with a file in the folder, or in the one above it while it is still to be made; leaves nothing behind.</summary>
    private static string? WhyNotWritable(string folder)
    {
        if (File.Exists(folder)) return "it is a file";
        string? existing = Directory.Exists(folder) ? folder : Path.GetDirectoryName(folder);
        if (!Directory.Exists(existing)) return $"the folder above it, '{existing}', does not exist, which can mean that a disk is not mounted";
        try
        {
            string trial = Path.Combine(existing, $".acquisition-{Guid.NewGuid():N}");
            using var file = new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
