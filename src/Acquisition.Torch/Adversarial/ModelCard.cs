using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>What a model trained before any scan is: what it learned from, how, how well it did, and what it may be used for.</summary>
public sealed record ModelCard
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
    };

    public required string Method { get; init; }

    public required TrainingPreset Preset { get; init; }

    /// <summary>After how many steps these weights did best.</summary>
    public required int Steps { get; init; }

    public required int Seed { get; init; }

    /// <summary>What it restores.</summary>
    public required LibraryCard Input { get; init; }

    /// <summary>What results look like.</summary>
    public required LibraryCard Target { get; init; }

    /// <summary>What else made the weights, by name: sizes of networks, weights of losses, thresholds, how images were registered.</summary>
    public required ImmutableSortedDictionary<string, string> Settings { get; init; }

    /// <summary>On held-out images, by name.</summary>
    public required ImmutableSortedDictionary<string, double> Scores { get; init; }

    /// <exception cref="DataFormatException">It is no card.</exception>
    public static ModelCard FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelCard>(json, Json) ?? throw new DataFormatException("The model's card is empty.");
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or NotSupportedException)
        {
            throw new DataFormatException($"The model's card cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>The same card gives the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
