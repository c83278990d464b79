using System.Collections.Immutable;
using Acquisition.App.Configuration;
using Acquisition.App.Runs;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;
using Acquisition.Torch;
using Acquisition.Torch.Isotropy;

namespace Acquisition.App.Models;

/// <summary>What makes stacks whose planes lie far apart as sharp along z as within planes.</summary>
internal static class IsotropicModels
{
    private const string Stacks = "planes farther apart than pixels, the point spread function (section isotropy)";

    public static ModelEntry IsoNet2 { get; } = Network(
        ModelNames.IsoNet2, "sharpens along z by a U-net that learned to undo the same blur on lateral planes", "Weigert et al. 2017");

    public static ModelEntry IsoNet1 { get; } = Network(
        ModelNames.IsoNet1, "the same by four convolutions: less memory, less gain", "Weigert et al. 2017");

    public static ModelEntry CareIsotropic { get; } = Network(
        ModelNames.CareIsotropic, "the same by CSBDeep's larger U-net and loss; wants many more steps", "Weigert et al. 2018");

    public static ModelEntry Srcnn { get; } = Network(
        ModelNames.Srcnn, "interpolates along z by a network that knows of no blur; a baseline", "Dong et al. 2014");

    public static ModelEntry RichardsonLucy { get; } = new()
    {
        Name = ModelNames.RichardsonLucy,
        Does = "cubic interpolation along z and deconvolution with the point spread function; a baseline",
        Source = "Richardson 1972, Lucy 1974",
        TunedOn = "nothing",
        Needs = Stacks,
        Check = config => [.. CheckPsf(config), .. CheckWanted(config)],
        Open = (config, plan, _) => RichardsonLucyEngine.Restoration(Scan(config, plan), config.Isotropy) with { Settings = Settings(config) },
    };

    private static ModelEntry Network(string name, string does, string source) => new()
    {
        Name = name,
        Does = does,
        Source = source,
        TunedOn = "the scan's first stack, while it goes on",
        Needs = $"{Stacks}, libtorch",
        WhyUnavailable = compute => TorchEngine.WhyUnavailable(Devices.ForTorch(compute)),
        Check = config => [.. Devices.CheckTorchOnly(config), .. CheckPsf(config), .. CheckWanted(config)],
        Open = (config, plan, _) => IsotropicEngine.Restoration(Scan(config, plan), Options(name, config)) with { Settings = Settings(config) },
    };

    private static IsotropicOptions Options(string name, AppConfig config) => IsotropicOptions.For(name, config.Isotropy) with
    {
        Seed = config.Restoration.Seed,
        Threads = config.Restoration.Threads,
        Device = Devices.ForTorch(config.Compute),
    };

    private static StackScan Scan(AppConfig config, ScanPlan plan)
    {
        if (config.Isotropy.BeadsFile is not { } file) return new StackScan(plan, config.Isotropy, null);
        var beads = BeadsFile.Read(file, plan.VoxelSize);
        using (beads.Stack) return new StackScan(plan, config.Isotropy, beads);
    }

    private static ImmutableSortedDictionary<string, string> Settings(AppConfig config) => Configuration.Settings.All
        .Where(setting => setting.Section == "isotropy")
        .ToImmutableSortedDictionary(setting => setting.Path, setting => setting.Read(config)!, StringComparer.Ordinal);

    private static IEnumerable<(string Path, string Message)> CheckPsf(AppConfig config)
    {
        IsotropicScanOptions isotropy = config.Isotropy;
        bool hasWidth = isotropy.PsfLateralUm is not null || isotropy.PsfAxialUm is not null;
        if (isotropy.BeadsFile is { } beads)
        {
            if (hasWidth) yield return ("isotropy.beads_file", "is given beside the widths of the point spread function, which it measures; keep one of the two");
            if (BeadsFile.WhyUnreadable(beads) is { } fault) yield return ("isotropy.beads_file", $"cannot be used: {fault}");
        }
        else if (hasWidth && isotropy is not { PsfLateralUm: not null, PsfAxialUm: not null })
        {
            const string lateral = "isotropy.psf_lateral_um", axial = "isotropy.psf_axial_um";
            var (given, missing) = isotropy.PsfAxialUm is null ? (lateral, axial) : (axial, lateral);
            yield return (given, $"is given without {missing}; the point spread function has two widths");
        }
        else if (isotropy is { PsfLateralUm: { } wide, PsfAxialUm: { } @long } && @long < wide)
        {
            yield return ("isotropy.psf_axial_um", FormattableString.Invariant($"is {@long}, less than the {wide} of isotropy.psf_lateral_um; were the two exchanged?"));
        }
    }

    private static IEnumerable<(string Path, string Message)> CheckWanted(AppConfig config)
    {
        if (config.TruthFolder is not null)
            yield return ("scoring.truth", $"is given; {config.Restoration.Model} restores to a grid of its own, which originals of an undersampled scan do not have");
        if (config.Restoration.Uncertainty)
            yield return ("restoration.uncertainty", $"is true; {config.Restoration.Model} gives no map of errors");
    }
}
