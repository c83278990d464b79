using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>In which order waiting volumes are restored.</summary>
/// <param name="NewestFirst">Whether those that came last go first.</param>
/// <param name="Every">Time points that are multiples of this go before all others; 1 prefers none.</param>
internal readonly record struct RestorationOrder(bool NewestFirst, int Every)
{
    public static RestorationOrder Of(PipelineOptions options) =>
        new(options.LagPolicy == LagPolicy.Latest, options.LagPolicy == LagPolicy.EveryNth ? options.EveryNth : 1);

    public bool Prefers(VolumeIndex index) => index.T % Every == 0;
}
