using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Adds uncertainty maps to restored volumes, where they are asked for and can be had.</summary>
/// <remarks>A channel is calibrated once, on the volume that decided how it is restored. A channel that cannot be calibrated goes
/// without maps, with a warning; its restored volumes do not suffer. For the restoration's thread.</remarks>
internal sealed class ErrorEstimator : IDisposable
{
    private readonly ScanPlan _plan;
    private readonly RestorationOptions _options;
    private readonly IRestorationEngine _engine;
    private readonly IRestorationHost _host;
    private readonly VolumePool? _maps;

    public ErrorEstimator(ScanPlan plan, RestorationOptions options, IRestorationEngine engine, IRestorationHost host)
    {
        (_plan, _options, _engine, _host) = (plan, options, engine, host);
        if (IsWanted(plan, options)) _maps = new VolumePool(PoolBytes(plan, options));
    }

    /// <summary>Whether there are to be maps: what is not undersampled passes unchanged and has no errors.</summary>
    public static bool IsWanted(ScanPlan plan, RestorationOptions options) => options.Uncertainty && plan.Undersampling != Factors.One;

    /// <summary>Bytes of the maps that may exist at once.</summary>
    public static long PoolBytes(ScanPlan plan, RestorationOptions options) => IsWanted(plan, options)
        ? RestorationStage.RestoredInFlight * VolumePool.CostBytes(plan.RestoredShape, PixelType.UInt8)
        : 0;

    /// <summary>Bytes of what a stream keeps for its map.</summary>
    public static long StreamBytes(ScanPlan plan, RestorationOptions options) =>
        IsWanted(plan, options) ? checked(sizeof(float) * plan.RestoredShape.Voxels) : 0;

    /// <summary>Measures the errors that the model makes on a volume, unless this has been tried for the channel.</summary>
    /// <param name="model">What will restore the channel; <see langword="null"/> for no network.</param>
    /// <param name="acquired">In scaled units.</param>
    public void Calibrate(
        ChannelModel channel, TunedModel? model, FloatVolume acquired, VolumeIndex index, float floor, CancellationToken cancellation)
    {
        if (_maps is null || channel.ErrorsTried) return;
        try
        {
            channel.NoteErrors(ErrorCalibration.Measure(_engine, model, acquired, _plan.Undersampling, floor, _options, cancellation), index);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The restored volumes are worth having without maps, whatever stands in the way of these.
            channel.NoteErrors(null, index);
            _host.Warn($"Channel {channel.Channel} gets no uncertainty maps: {fault.Message}");
        }
    }

    /// <summary>Makes the map of one volume, waiting for memory.</summary>
    /// <returns>A map for the caller to release; <see langword="null"/> when there is none to be had, or on <paramref name="abandon"/>.</returns>
    public VolumeBuffer? Map(ChannelModel channel, FloatVolume restored, ImmutableArray<int> missing, CancellationToken abandon)
    {
        if (_maps is null || channel.Errors is not { } model) return null;
        while (!abandon.IsCancellationRequested)
        {
            if (_maps.Rent(_plan.RestoredShape, PixelType.UInt8, TimeSpan.FromMilliseconds(200)) is not { } map) continue;
            bool isWritten = false;
            try
            {
                ErrorMap.Write(restored, model, missing.AsSpan(), _plan.Undersampling, map, _options.Threads, abandon);
                isWritten = true;
                return map;
            }
            finally
            {
                if (!isWritten) map.Release();
            }
        }
        return null;
    }

    /// <summary>How the channel's maps are read.</summary>
    public static UncertaintyScale Describe(ChannelModel channel, IntensityScale scale)
    {
        ErrorModel model = channel.Errors ?? throw new InvalidOperationException("The channel has no error model.");
        return new UncertaintyScale
        {
            Method = ErrorModel.Method,
            Largest = scale.IsDegenerate ? 1 : scale.High - scale.Low,
            StepsPerOctave = ErrorScale.StepsPerOctave,
            CalibratedOn = channel.ErrorsMeasuredOn,
            HeldOutRank = model.HeldOut.Rank,
            HeldOutWithinOne = model.HeldOut.WithinOne,
            HeldOutWithinTwo = model.HeldOut.WithinTwo,
        };
    }

    public void Dispose() => _maps?.Dispose();
}
