using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Identifies the settings that decide what a restored volume looks like.</summary>
/// <remarks>Threads, memory and whether errors are estimated do not count: restored volumes do not depend on them. What a model has of its own is
/// given as <see cref="ScanRestoration.Settings"/> says it, and conditioning as <see cref="Core.IVolumeConditioner.Settings"/>.</remarks>
internal static class SettingsFingerprint
{
    private static readonly string[] Irrelevant = ["threads", "activation_budget_bytes", "uncertainty"];

    private static readonly JsonSerializerOptions Names = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <returns>SHA-256, lower-case hex.</returns>
    public static string Of(RestorationOptions options, ImmutableSortedDictionary<string, string> model, string conditioning = "")
    {
        var defaults = new RestorationOptions();
        RestorationOptions relevant = options with { Threads = 1, ActivationBudgetBytes = defaults.ActivationBudgetBytes, Uncertainty = false };
        // An alarm that only tells people changes no volume.
        if (!options.Refresh || !options.Gauge) relevant = relevant with { DriftAlarm = defaults.DriftAlarm };
        return Convert.ToHexStringLower(SHA256.HashData(
            [.. JsonSerializer.SerializeToUtf8Bytes(relevant), .. model.Count == 0 ? [] : JsonSerializer.SerializeToUtf8Bytes(model), .. Encoding.UTF8.GetBytes(conditioning)]));
    }

    /// <returns>The settings by the names that they have in a configuration, to tell two apart.</returns>
    public static ImmutableSortedDictionary<string, string> Describe(
        RestorationOptions options, ImmutableSortedDictionary<string, string> model, string conditioning = "") =>
        JsonSerializer.SerializeToElement(options, Names).EnumerateObject()
            .Where(setting => !Irrelevant.Contains(setting.Name))
            .ToImmutableSortedDictionary(setting => $"restoration.{setting.Name}", setting => setting.Value.ToString(), StringComparer.Ordinal)
            .AddRange(model)
            .Add("conditioning", conditioning.Length == 0 ? "nothing" : conditioning);
}
