using System.Collections.Immutable;
using System.Text.Json;
using Acquisition.Core;

namespace Acquisition.Viewer.Live;

/// <summary>What a page says. Which members count depends on <see cref="Type"/>.</summary>
internal sealed record PageMessage
{
    public const int MostBytes = 64 << 10;
    public const int MostViews = 64;

    /// <summary>As float32, 1 GiB: more than any page can draw.</summary>
    public const long LargestBudgetVoxels = 1L << 28;

    /// <summary>"look", "cross", "ack", "slices" or "do".</summary>
    public string Type { get; init; } = "";

    public ImmutableArray<PageView> Views { get; init; } = [];

    /// <summary>Most samples of one volume that the page wants.</summary>
    public long BudgetVoxels { get; init; }

    public long Id { get; init; }

    /// <summary>With "ack": for how long the page wants no volume that is only coming; at most 10 s.</summary>
    public int RestMs { get; init; }

    public long Request { get; init; }

    public VolumeKind Kind { get; init; }

    public int C { get; init; }

    public int? T { get; init; }

    /// <summary>Where the crosshair is: on the restored grid with "look" and "cross", in the volume's own samples with "slices".</summary>
    public SamplePoint? At { get; init; }

    public string Action { get; init; } = "";

    /// <exception cref="JsonException">It is no such message.</exception>
    public static PageMessage Parse(ReadOnlySpan<byte> text)
    {
        PageMessage message = JsonSerializer.Deserialize<PageMessage>(text, RecordJson.Compact) ?? throw new JsonException("The message is null.");
        bool isGood = message.Type switch
        {
            "look" => !message.Views.IsDefault && message.Views.Length <= MostViews && message.BudgetVoxels >= 1
                && message.Views.All(view => view is { C: >= 0, T: null or >= 0 }),
            "cross" => message.At is not null,
            "slices" => message is { C: >= 0, T: >= 0, At: not null },
            "ack" => message.RestMs is >= 0 and <= 10_000,
            "do" => message.Action is "stop" or "retune",
            _ => false,
        };
        return isGood ? message : throw new JsonException($"The message '{message.Type}' is unknown, or a value in it is out of range.");
    }
}

/// <summary>A volume that a page wants to see.</summary>
/// <param name="T"><see langword="null"/> for the newest.</param>
internal sealed record PageView(VolumeKind Kind, int C, int? T);
