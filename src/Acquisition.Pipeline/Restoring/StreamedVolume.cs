using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Pipeline.Restoring;

/// <summary>A stream of the engine for one channel, and the volume that goes through it plane by plane. One thread.</summary>
internal sealed class StreamedVolume : IDisposable
{
    private readonly ScanPlan _plan;
    private readonly TimeProvider _clock;
    private readonly IPlaneRestorer _stream;
    private readonly float[] _plane;
    private readonly float[] _scratch;
    private VolumeBuffer? _output;

    /// <param name="floor">Smallest value of a restored sample, in scaled units.</param>
    public StreamedVolume(
        ScanPlan plan, ChannelModel channel, TunedModel? model, IntensityScale scale, float floor, ScanRestoration restoration, RestorationOptions options,
        TimeProvider clock)
    {
        (_plan, _clock, Channel, Scale, Model) = (plan, clock, channel, scale, model);
        _plane = new float[plan.Shape.PlaneVoxels];
        _scratch = new float[plan.Shape.PlaneVoxels];
        if (ErrorEstimator.IsWanted(plan, options, restoration)) Restored = new FloatVolume(plan.RestoredShape);
        _stream = restoration.Engine.OpenStream(model, plan.Shape, plan.Undersampling, floor, options, (z, plane) =>
        {
            VolumeConversion.StorePlane(plane, Scale, Output, z);
            if (Restored is not null) plane.CopyTo(Restored.Plane(z));
        });
    }

    public ChannelModel Channel { get; }

    public IntensityScale Scale { get; }

    public TunedModel? Model { get; }

    /// <summary>The volume in the stream; <see langword="null"/> between volumes.</summary>
    public VolumeIndex? Index { get; private set; }

    /// <summary>Planes that went in.</summary>
    public int Planes { get; private set; }

    public bool IsComplete => Planes == _plan.Shape.Z;

    /// <summary>What went wrong while the volume was still coming; empty for nothing.</summary>
    public string Fault { get; set; } = "";

    public long NonFiniteSamples { get; private set; }

    /// <summary>Scaled units; once complete.</summary>
    public double ResidualRms { get; private set; }

    /// <summary>Time that the volume has taken so far.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>The restored volume before it was rounded to the camera's type, which errors are estimated from;
    /// <see langword="null"/> where nobody asks for them.</summary>
    public FloatVolume? Restored { get; }

    /// <summary>How far each restored voxel is to be doubted, once complete; <see langword="null"/> where the model does not say.</summary>
    public FloatVolume? Doubt => _stream.Doubt;

    /// <summary>The restored volume, as far as it is there.</summary>
    public VolumeBuffer Output => _output ?? throw new InvalidOperationException("No volume is in the stream.");

    /// <summary>Takes up a volume.</summary>
    /// <param name="output">Receives the restored volume; the caller's reference passes over.</param>
    public void Begin(VolumeIndex index, VolumeBuffer output)
    {
        End();
        _stream.Reset();
        (Index, _output) = (index, output);
    }

    /// <summary>Copies the next plane, or what stands for it when it is missing.</summary>
    public void Load(VolumeBuffer pixels, ReadOnlySpan<int> missing)
    {
        long started = _clock.GetTimestamp();
        NonFiniteSamples += VolumeConversion.LoadPlane(pixels, missing, Scale, Planes, _plane, _scratch);
        Busy += _clock.GetElapsedTime(started);
    }

    /// <summary>Restores as far as the plane that was loaded allows.</summary>
    /// <param name="nextAtHand">Whether the next plane can be loaded at once.</param>
    public void Push(bool nextAtHand, CancellationToken cancellation)
    {
        long started = _clock.GetTimestamp();
        Planes++;
        _stream.Push(_plane, nextAtHand && !IsComplete, cancellation);
        if (IsComplete) ResidualRms = _stream.Complete();
        Busy += _clock.GetElapsedTime(started);
    }

    /// <summary>Gives the restored volume back and forgets the acquired one.</summary>
    public void End()
    {
        _output?.Release();
        (Index, _output, Planes, Fault, NonFiniteSamples, ResidualRms, Busy) = (null, null, 0, "", 0, 0, TimeSpan.Zero);
    }

    public void Dispose()
    {
        End();
        _stream.Dispose();
        Restored?.Dispose();
    }
}
