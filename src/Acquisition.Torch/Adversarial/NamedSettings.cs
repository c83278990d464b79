using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>A system's settings by name and as text: on a model's card, and where a person replaces some of them. Lists have hyphens between numbers.</summary>
internal static class NamedSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <typeparam name="T">A record of numbers, words, flags and lists of whole numbers, which checks its values.</typeparam>
    public static ImmutableSortedDictionary<string, string> Of<T>(T settings) =>
        Node(settings).ToImmutableSortedDictionary(setting => setting.Key, setting => Text(setting.Value!), StringComparer.Ordinal);

    /// <summary>The same with some settings changed.</summary>
    /// <exception cref="RestorationException">There is no such setting, or no such value of it.</exception>
    public static T Change<T>(T settings, ImmutableSortedDictionary<string, string> changes, string method)
    {
        JsonObject all = Node(settings);
        foreach (string name in changes.Keys)
        {
            if (!all.ContainsKey(name)) throw new RestorationException($"{method} has no setting '{name}'; it has {string.Join(", ", all.Select(setting => setting.Key).Order(StringComparer.Ordinal))}.");
        }

        return Read<T>(all, changes, message => new RestorationException($"A setting of {method} cannot be: {message}"));
    }

    /// <summary>The settings that made a model.</summary>
    /// <param name="known">Any settings of the system, for their names.</param>
    /// <exception cref="DataFormatException">One is missing on the card, or cannot be.</exception>
    public static T Of<T>(ModelCard card, T known)
    {
        JsonObject all = Node(known);
        if (all.Select(setting => setting.Key).FirstOrDefault(name => !card.Settings.ContainsKey(name)) is { } missing)
            throw new DataFormatException($"The model's card does not say '{missing}'.");
        return Read<T>(all, card.Settings, message => new DataFormatException($"The model's card cannot be read: {message}"));
    }

    private static JsonObject Node<T>(T settings) => JsonSerializer.SerializeToNode(settings, Json)!.AsObject();

    private static string Text(JsonNode value) => value switch
    {
        JsonArray list => string.Join('-', list),
        JsonValue word when word.TryGetValue(out string? text) => text,
        _ => value.ToJsonString(),
    };

    /// <param name="all">Says of each setting what kind of value it has.</param>
    private static T Read<T>(JsonObject all, ImmutableSortedDictionary<string, string> values, Func<string, Exception> fault)
    {
        try
        {
            foreach (string name in all.Select(setting => setting.Key).Where(values.ContainsKey).ToArray())
            {
                all[name] = all[name] switch
                {
                    JsonArray => JsonNode.Parse($"[{values[name].Replace('-', ',')}]"),
                    JsonValue word when word.TryGetValue<string>(out _) => JsonValue.Create(values[name]),
                    _ => JsonNode.Parse(values[name]),
                };
            }

            return all.Deserialize<T>(Json)!;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or FormatException)
        {
            throw fault(wrong.Message);
        }
    }
}
