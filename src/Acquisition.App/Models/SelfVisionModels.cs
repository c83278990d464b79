using Acquisition.App.Configuration;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.App.Models;

/// <summary>Self-Vision, and what stands in where it does not win.</summary>
internal static class SelfVisionModels
{
    private const string Undersampled = "a scan undersampled by 2 or 4 on some axes";

    public static ModelEntry SelfVision { get; } = new()
    {
        Name = ModelNames.SelfVision,
        Does = "fills in what undersampling left out, by a small network that is used where it beats cubic interpolation on held-out crops",
        Source = "He et al. 2023",
        TunedOn = "the scan's first volume, while it goes on",
        Needs = Undersampled,
        Check = config => Devices.Check(config.Compute),
        Open = Open,
    };

    public static ModelEntry Cubic { get; } = new()
    {
        Name = ModelNames.Cubic,
        Does = "cubic interpolation made to agree with the acquired samples by back-projection",
        Source = "Keys 1981; Irani and Peleg 1991",
        TunedOn = "nothing",
        Needs = Undersampled,
        Open = Open,
    };

    private static ScanRestoration Open(AppConfig config, ScanPlan plan, Action<string> tell) => ScanRestoration.SelfVision(
        config.Restoration.Model == ModelNames.Cubic ? new CpuEngine() : Devices.OpenSelfVision(config.Compute, tell), plan, config.Restoration);
}
