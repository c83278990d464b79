using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Storage.Zarr;

namespace Acquisition.Storage.Recovery;

/// <summary>Tells of a raw volume that was stored just before the program ended, as far as the volume itself can tell.</summary>
internal static class FoundVolume
{
    /// <param name="acknowledged">What the ledger tells of others.</param>
    /// <returns><see langword="null"/> when the volume is damaged.</returns>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static VolumeStored? Examine(ZarrVolumeStore raw, ScanPlan plan, VolumeIndex index, IReadOnlyList<VolumeStored> acknowledged)
    {
        using var pool = new VolumePool(VolumePool.CostBytes(plan.Shape, plan.PixelType));
        VolumeBuffer pixels = pool.TryRent(plan.Shape, plan.PixelType)!;
        try
        {
            raw.Read(index, pixels);
            ImmutableArray<int> missing = [.. Enumerable.Range(0, plan.Shape.Z).Where(z => pixels.Plane(z).IndexOfAnyExcept((byte)0) < 0)];
            VolumeStored? last = acknowledged.MaxBy(volume => volume.Received);
            return new VolumeStored(
                index, plan.Shape.Z - missing.Length, missing, raw.WrittenAt(index), raw.WrittenAt(index),
                last?.Received ?? 0, last?.Refused ?? ImmutableSortedDictionary<string, long>.Empty);
        }
        catch (StorageException fault) when (fault.InnerException is InvalidDataException)
        {
            return null;
        }
        finally
        {
            pixels.Release();
        }
    }
}
