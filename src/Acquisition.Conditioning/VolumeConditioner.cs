using System.Collections.Immutable;
using Acquisition.Core;
using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Takes off what camera, scanner and stage add to a scan's volumes, step by step as configured.</summary>
public sealed class VolumeConditioner : IVolumeConditioner
{
    private readonly CameraField _camera;
    private readonly HotPixelFilter? _hotPixels;
    private readonly LinePhaseCorrection? _linePhase;
    private readonly DriftCorrection[] _drift = [];

    /// <param name="dark">The picture of <see cref="ConditioningOptions.DarkFile"/>.</param>
    /// <param name="flat">The picture of <see cref="ConditioningOptions.FlatFile"/>.</param>
    /// <exception cref="ScanRefusedException">A picture does not fit the scan, or OpenCV is needed and is not there.</exception>
    /// <exception cref="DataFormatException">Samples cannot be divided by the flat field.</exception>
    public VolumeConditioner(ScanPlan plan, ConditioningOptions options, CalibrationImage? dark = null, CalibrationImage? flat = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        dark?.RequireFits(plan);
        flat?.RequireFits(plan);
        flat?.RequirePositive();
        if (options.NeedsOpenCv && OpenCv.WhyUnavailable() is { } reason) throw new ScanRefusedException(reason);

        _camera = new CameraField(options.OffsetAdu, dark, flat);
        if (options.HotPixels) _hotPixels = new HotPixelFilter(plan.Shape, plan.PixelType);
        if (options.LinePhase) _linePhase = new LinePhaseCorrection(plan.Shape);
        if (options.MeasuresDrift)
            _drift = [.. plan.Channels.Select(_ => new DriftCorrection(plan.Shape, plan.VoxelSize, options.CorrectDrift))];
        Steps =
        [
            .. options.OffsetAdu > 0 || dark is not null ? ["offset"] : (string[])[],
            .. flat is not null ? ["flat field"] : (string[])[],
            .. options.HotPixels ? ["hot pixels"] : (string[])[],
            .. options.LinePhase ? ["line phase"] : (string[])[],
            .. options.CorrectDrift ? ["drift"] : (string[])[],
        ];
        Settings = $"{_camera.Settings};steps={string.Join(',', Steps)}";
    }

    public ImmutableArray<string> Steps { get; }

    public string Settings { get; }

    public bool ComparesWithFirst => _drift.Length > 0;

    public ConditioningReport Condition(VolumeIndex index, VolumeBuffer raw, ReadOnlySpan<int> missingPlanes, VolumeBuffer conditioned)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(conditioned);
        if (conditioned.Shape != raw.Shape || conditioned.PixelType != PixelType.Float32)
            throw new ArgumentException(
                $"The destination is {conditioned.Shape} {conditioned.PixelType.Name()}; expected {raw.Shape} {PixelType.Float32.Name()}.", nameof(conditioned));

        long notFinite = 0;
        for (int z = 0; z < raw.Shape.Z; z++)
        {
            Span<float> plane = conditioned.Plane<float>(z);
            if (missingPlanes.Contains(z)) plane.Clear();
            else notFinite += _camera.Correct(raw, z, plane);
        }

        try
        {
            return new ConditioningReport
            {
                Steps = Steps,
                NonFiniteSamples = notFinite,
                HotPixels = _hotPixels?.Clean(conditioned, missingPlanes),
                LinePhase = _linePhase?.Correct(conditioned, missingPlanes),
                Drift = _drift.Length == 0 ? null : _drift[index.C].Correct(index, conditioned, missingPlanes),
            };
        }
        catch (OpenCVException fault)
        {
            throw new RestorationException($"Volume {index} cannot be conditioned: OpenCV's {fault.FuncName} refused, {fault.ErrMsg}", fault);
        }
    }
}
