using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Uncertainty;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Adds uncertainty maps to restored volumes, where they are asked for and can be had.</summary>
/// <remarks>A model is calibrated once, on the volume that it was tuned on. A channel that cannot be calibrated goes
/// without maps, with a warning; its restored volumes do not suffer. Maps are made on the restoration's thread;
/// calibration may run on another.</remarks>
internal sealed class ErrorEstimator : IDisposable
{
    private readonly ScanPlan _plan;
    private readonly RestorationOptions _options;
    private readonly ScanRestoration _restoration;
    private readonly IRestorationHost _host;
    private readonly VolumePool? _maps;

    /// <param name="shown">Maps that a screen may hold beside those in work.</param>
    public ErrorEstimator(ScanPlan plan, RestorationOptions options, ScanRestoration restoration, int shown, IRestorationHost host)
    {
        (_plan, _options, _restoration, _host) = (plan, options, restoration, host);
        if (HasMaps(plan, options, restoration)) _maps = new VolumePool(PoolBytes(plan, options, restoration) + shown * VolumePool.CostBytes(plan.RestoredShape, PixelType.UInt8));
    }

    /// <summary>Whether errors are to be measured: what is not undersampled passes unchanged and has none.</summary>
    public static bool IsWanted(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) =>
        options.Uncertainty && plan.Undersampling != Factors.One && restoration.Doubt is null;

    /// <summary>Whether there are to be maps, of errors or of doubt. Doubt is never left out: nobody should look at predicted detail without it.</summary>
    public static bool HasMaps(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) =>
        restoration.Doubt is not null || IsWanted(plan, options, restoration);

    /// <summary>Bytes of the maps that may exist at once.</summary>
    public static long PoolBytes(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) => HasMaps(plan, options, restoration)
        ? RestorationStage.RestoredInFlight * VolumePool.CostBytes(plan.RestoredShape, PixelType.UInt8)
        : 0;

    /// <summary>Bytes of what a stream keeps for its map.</summary>
    public static long StreamBytes(ScanPlan plan, RestorationOptions options, ScanRestoration restoration) =>
        IsWanted(plan, options, restoration) ? checked(sizeof(float) * plan.RestoredShape.Voxels) : 0;

    /// <summary>Measures the errors that a model makes on a volume.</summary>
    /// <param name="model">What will restore the channel; <see langword="null"/> for no network.</param>
    /// <param name="acquired">In scaled units.</param>
    /// <returns><see langword="null"/> when nobody asked, or when they cannot be measured, which a person is told.</returns>
    public ErrorModel? Calibrate(int channel, TunedModel? model, FloatVolume acquired, float floor, CancellationToken cancellation)
    {
        if (!IsWanted(_plan, _options, _restoration)) return null;
        try
        {
            return ErrorCalibration.Measure(_restoration.Engine, model, acquired, _plan.Undersampling, floor, _options, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The restored volumes are worth having without maps, whatever stands in the way of these.
            _host.Warn($"Channel {channel} gets no uncertainty maps: {fault.Message}");
            return null;
        }
    }

    /// <summary>Makes the map of errors of one volume, waiting for memory.</summary>
    /// <returns>A map for the caller to release; <see langword="null"/> when there is none to be had, or on <paramref name="abandon"/>.</returns>
    public VolumeBuffer? Map(ErrorModel? errors, FloatVolume restored, ImmutableArray<int> missing, CancellationToken abandon) => errors is null
        ? null
        : Make(map => ErrorMap.Write(restored, errors, missing.AsSpan(), _plan.Undersampling, map, _options.Threads, abandon), abandon);

    /// <summary>Makes the map of doubt of one volume, waiting for memory.</summary>
    /// <returns>A map for the caller to release; <see langword="null"/> on <paramref name="abandon"/>.</returns>
    public VolumeBuffer? MapOfDoubt(FloatVolume doubt, ImmutableArray<int> missing, CancellationToken abandon) =>
        Make(map => ErrorMap.Write(doubt, missing.AsSpan(), _plan.Shape.Z, map), abandon);

    private VolumeBuffer? Make(Action<VolumeBuffer> write, CancellationToken abandon)
    {
        if (_maps is null) return null;
        while (!abandon.IsCancellationRequested)
        {
            if (_maps.Rent(_plan.RestoredShape, PixelType.UInt8, TimeSpan.FromMilliseconds(200)) is not { } map) continue;
            bool isWritten = false;
            try
            {
                write(map);
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

    /// <summary>How a map is read.</summary>
    /// <param name="measuredOn">The volume that the errors were measured on.</param>
    public static UncertaintyScale Describe(ErrorModel errors, VolumeIndex measuredOn, IntensityScale scale) => new()
    {
        Method = ErrorModel.Method,
        Largest = scale.IsDegenerate ? 1 : scale.High - scale.Low,
        StepsPerOctave = ErrorScale.StepsPerOctave,
        CalibratedOn = measuredOn,
        HeldOutRank = errors.HeldOut.Rank,
        HeldOutWithinOne = errors.HeldOut.WithinOne,
        HeldOutWithinTwo = errors.HeldOut.WithinTwo,
    };

    /// <summary>How a map of doubt is read.</summary>
    public static UncertaintyScale Describe(DoubtScale doubt) => new() { Method = doubt.Method, Largest = doubt.Largest, StepsPerOctave = ErrorScale.StepsPerOctave };

    public void Dispose() => _maps?.Dispose();
}
