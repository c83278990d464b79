using Acquisition.Core;

namespace Acquisition.Tests.Support;

internal static class ViewerSamples
{
    public static Provenance Made(VolumeIndex index, bool isPreview) => new()
    {
        Index = index,
        Method = "self-vision",
        SettingsFingerprint = "",
        ScaleLow = 0,
        ScaleHigh = 1,
        ResidualRms = 0,
        Provisional = isPreview,
        Lag = TimeSpan.FromSeconds(1.5),
        Duration = TimeSpan.Zero,
    };
}
