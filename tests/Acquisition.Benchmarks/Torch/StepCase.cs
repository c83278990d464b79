using System.Text.Json;
using System.Text.Json.Serialization;
using Acquisition.Core;

namespace Acquisition.Benchmarks.Torch;

/// <summary>What is computed. Both sides get it as JSON, on their command line.</summary>
/// <param name="Crop">Of a step as the network sees it; the planes of two-dimensional networks do not count.</param>
/// <param name="Volume">That crops come from and that inference enlarges by 2, 2, 2.</param>
internal sealed record StepCase(StepNetwork Network, string Device, int Threads, int Batch, int[] Crop, int[] Volume)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Set by whoever starts the process.</summary>
    public StepSide Form { get; init; }

    [JsonIgnore]
    public VolumeShape CropShape => Shape(Crop);

    [JsonIgnore]
    public VolumeShape VolumeShape => Shape(Volume);

    public static StepCase Parse(string json) => JsonSerializer.Deserialize<StepCase>(json, Json)!;

    public override string ToString() => JsonSerializer.Serialize(this, Json);

    private static VolumeShape Shape(int[] extents) => new(extents[0], extents[1], extents[2]);
}
