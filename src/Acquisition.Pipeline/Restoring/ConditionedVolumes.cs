using Acquisition.Core;

namespace Acquisition.Pipeline.Restoring;

/// <summary>Conditions volumes before they are tuned on or restored, one at a time. For the restoration's thread.</summary>
/// <remarks>What others are compared with is always the channel's volume that was stored first, whatever is restored first.</remarks>
internal sealed class ConditionedVolumes(ScanPlan plan, IVolumeConditioner conditioner, IVolumeStore raw, RestorationBacklog backlog) : IDisposable
{
    private readonly VolumePool _pool = new(VolumePool.CostBytes(plan.Shape, PixelType.Float32));
    private readonly bool[] _isBegun = new bool[plan.Channels.Length];

    /// <summary>Bytes that this takes at most.</summary>
    public static long MemoryNeeded(ScanPlan plan) =>
        VolumePool.CostBytes(plan.Shape, PixelType.Float32) + VolumePool.CostBytes(plan.Shape, plan.PixelType);

    /// <param name="pixels">As acquired.</param>
    /// <returns>The conditioned volume, for the caller to release before the next.</returns>
    /// <exception cref="AcquisitionException">The volume cannot be conditioned, or the channel's first one cannot be read.</exception>
    public VolumeBuffer Condition(PendingVolume volume, VolumeBuffer pixels, out ConditioningReport report)
    {
        Begin(volume.Index);
        return Make(volume, pixels, out report);
    }

    public void Dispose() => _pool.Dispose();

    /// <summary>Shows the conditioner what it compares volumes of this channel with.</summary>
    private void Begin(VolumeIndex index)
    {
        if (_isBegun[index.C] || !conditioner.ComparesWithFirst) return;
        if (backlog.First(index.C) is { } first && first.Index != index)
        {
            using var pool = new VolumePool(VolumePool.CostBytes(plan.Shape, plan.PixelType));
            VolumeBuffer pixels = pool.TryRent(plan.Shape, plan.PixelType)!;
            try
            {
                raw.Read(first.Index, pixels);
                Make(first, pixels, out _).Release();
            }
            finally
            {
                pixels.Release();
            }
        }

        _isBegun[index.C] = true;
    }

    private VolumeBuffer Make(PendingVolume volume, VolumeBuffer pixels, out ConditioningReport report)
    {
        VolumeBuffer conditioned = _pool.TryRent(plan.Shape, PixelType.Float32)
            ?? throw new InvalidOperationException("The conditioned volume before this one is still lent.");
        try
        {
            report = conditioner.Condition(volume.Index, pixels, volume.MissingPlanes.AsSpan(), conditioned);
            return conditioned;
        }
        catch
        {
            conditioned.Release();
            throw;
        }
    }
}
