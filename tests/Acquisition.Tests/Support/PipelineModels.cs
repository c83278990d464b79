using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Network;

namespace Acquisition.Tests.Support;

/// <summary>Models that differ in one weight, for the undersampling of <see cref="Scans.Plan"/>.</summary>
internal static class Models
{
    public static SelfVisionModel Of(float weight)
    {
        var factors = new Factors(1, 2, 2);
        var weights = new float[new NetworkLayout(NetworkVariant.Paper, factors).StoredCount];
        weights[0] = weight;
        return new(NetworkVariant.Paper, [new TunedStage(factors, [.. weights])]);
    }

    public static float Weight(TunedModel? model) => (model as SelfVisionModel)?.Stages[0].Weights[0] ?? 0;

    /// <summary>What tuning that went well comes to.</summary>
    public static TuningResult Better(float weight) =>
        new(Of(weight), BeatsProjection: true, HeldOutDb: 30, CubicDb: 20, ProjectedDb: 25, 5, TimeSpan.Zero, NoiseShare: 0, "better");
}
