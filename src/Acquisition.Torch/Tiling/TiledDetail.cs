using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Kernels;

namespace Acquisition.Torch.Tiling;

/// <summary>Adds a network's detail to a volume, tile after tile. While a device computes one, the one before is added.</summary>
internal sealed class TiledDetail(ITileRunner runner, Factors factors, int halo)
{
    /// <summary>What went wrong once is not tried again.</summary>
    private long _refusedVoxels = long.MaxValue;

    /// <param name="mostVoxels">That a tile should read at once. Where memory lacks all the same, tiles are halved.</param>
    /// <exception cref="DeviceException">The device is lost, or lacks memory for the smallest tile. The destination is undefined.</exception>
    public void Add(
        FloatVolume volume, FloatVolume destination, long mostVoxels, bool ensemble, bool flipZ, bool isHalf, CancellationToken cancellation)
    {
        var left = new Stack<Tile>(Tile.Plan(volume.Shape, halo, Math.Min(mostVoxels, _refusedVoxels - 1)).Reverse());
        ITileRun? under = null;
        Tile underTile = default;
        try
        {
            while (left.TryPop(out Tile tile))
            {
                cancellation.ThrowIfCancellationRequested();
                using ITileRun? done = under;
                Tile doneTile = underTile;
                under = null;
                done?.Wait();
                bool starts = TryStart(tile);
                if (done is not null) AddPhases(done.Wait(), doneTile, destination);
                if (starts) continue;
                (Tile first, Tile second) = tile.Halves(volume.Shape, halo)!.Value;
                left.Push(second);
                left.Push(first);
            }
            if (under is not null) AddPhases(under.Wait(), underTile, destination);
        }
        finally
        {
            under?.Dispose();
        }

        bool TryStart(Tile tile)
        {
            try
            {
                (under, underTile) = (runner.Start(volume, tile, ensemble, flipZ, isHalf), tile);
                return true;
            }
            catch (DeviceException failure) when (failure.IsOutOfMemory && tile.Halves(volume.Shape, halo) is not null)
            {
                _refusedVoxels = Math.Min(_refusedVoxels, tile.Read.Voxels);
                return false;
            }
        }
    }

    /// <summary>The voxel shuffle: phase (a·fy + b)·fx + d of a coarse voxel is the fine voxel (a, b, d) inside it.</summary>
    private unsafe void AddPhases(ReadOnlySpan<float> phases, Tile tile, FloatVolume destination)
    {
        VolumeShape core = tile.Core;
        nint phaseStride = (nint)core.Voxels;
        fixed (float* start = phases)
        {
            for (int z = 0; z < core.Z; z++)
            {
                for (int y = 0; y < core.Y; y++)
                {
                    float* row = start + ((nint)z * core.Y + y) * core.X;
                    for (int a = 0; a < factors.Z; a++)
                    {
                        for (int b = 0; b < factors.Y; b++, row += factors.X * phaseStride)
                        {
                            float* fine = destination.Row((tile.Z.Start + z) * factors.Z + a, (tile.Y.Start + y) * factors.Y + b) + tile.X.Start * factors.X;
                            KernelSet.Default.AddFineRow(row, phaseStride, factors.X, 1, fine, core.X);
                        }
                    }
                }
            }
        }
    }
}
