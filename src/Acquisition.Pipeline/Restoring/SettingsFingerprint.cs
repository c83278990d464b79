using System.Security.Cryptography;
using System.Text.Json;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Identifies the settings that decide what a restored volume looks like.</summary>
internal static class SettingsFingerprint
{
    /// <returns>SHA-256, lower-case hex. Threads, memory and whether errors are estimated do not count: restored volumes do not depend on them.</returns>
    public static string Of(RestorationOptions options)
    {
        var defaults = new RestorationOptions();
        RestorationOptions relevant = options with { Threads = 1, ActivationBudgetBytes = defaults.ActivationBudgetBytes, Uncertainty = false };
        // An alarm that only tells people changes no volume.
        if (!options.Refresh || !options.Gauge) relevant = relevant with { DriftAlarm = defaults.DriftAlarm };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(relevant)));
    }
}
