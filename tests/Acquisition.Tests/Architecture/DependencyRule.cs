using System.Text.RegularExpressions;

namespace Acquisition.Tests.Architecture;

/// <summary>Who may know whom, and how packages are pinned.</summary>
internal static partial class DependencyRule
{
    private static readonly string[] ProjectsOfApp = ["Core", "Restoration", "Torch", "Conditioning", "Transport", "Storage", "Pipeline", "Viewer"];

    /// <summary>A package that stands under another name in part, such as TorchSharp-cpu, is listed by each of its names.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Restoration"] = ["Core"],
        ["Torch"] = ["Core", "Restoration", "TorchSharp", "TorchSharp-cpu", "TorchSharp-cuda-linux", "TorchSharp-cuda-windows"],
        ["Conditioning"] = ["Core", "OpenCvSharp4", "OpenCvSharp4.runtime.win", "OpenCvSharp4.official.runtime.linux-x64"],
        ["Transport"] = ["Core", "NetMQ", "MessagePack"],
        ["Storage"] = ["Core"],
        ["Pipeline"] = ["Core", "Restoration", "System.Reactive"],
        ["Viewer"] = ["Core"],
        ["App"] = [.. ProjectsOfApp, "System.CommandLine", "Spectre.Console", "YamlDotNet", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol"],
        ["HardwareSim"] = ["Core", "Transport", "Storage", "System.CommandLine"],
        ["NetMQ"] = [],
        ["MessagePack"] = [],
        ["TorchSharp"] = [],
        ["OpenCvSharp4"] = [],
    };

    /// <summary>Every edge that the table does not list, and every project that it does not know. Test projects may reference anything.</summary>
    public static IEnumerable<string> Faults(IEnumerable<ProjectFile> projects) => projects.SelectMany(project =>
    {
        if (project.Path.StartsWith("tests/", StringComparison.Ordinal)) return project.Faults;
        if (!Allowed.TryGetValue(project.Name, out string[]? allowed))
            return [.. project.Faults, $"{project.Path} is not in the table of who may know whom; add it there and to the README"];
        return (IEnumerable<string>)
        [
            .. project.Faults,
            .. project.References.Except(allowed).Select(reference =>
                $"{project.Path} references {reference}; allowed are {(allowed.Length == 0 ? "none" : string.Join(", ", allowed))}"),
        ];
    });

    /// <summary>Packages that are not pinned to one exact version.</summary>
    /// <param name="versions">Package and version, as in Directory.Packages.props.</param>
    public static IEnumerable<string> PinningFaults(IEnumerable<ProjectFile> projects, IReadOnlyDictionary<string, string> versions) =>
    [
        .. versions.Where(pin => !ExactVersion().IsMatch(pin.Value)).Select(pin => $"{pin.Key} has version '{pin.Value}'; expected an exact one such as 1.2.3"),
        .. projects.SelectMany(project => project.Packages.Where(package => !versions.ContainsKey(package))
            .Select(package => $"{project.Path} uses {package}, which has no version in Directory.Packages.props")),
    ];

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+){1,3}(-[0-9A-Za-z.-]+)?\z")]
    private static partial Regex ExactVersion();
}
