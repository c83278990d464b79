using Acquisition.Restoration;

namespace Acquisition.Torch.Tiling;

/// <summary>Applies a network to tiles.</summary>
internal interface ITileRunner
{
    /// <summary>Begins a tile; a device may go on by itself.</summary>
    /// <param name="ensemble">Whether the detail is averaged over orientations.</param>
    /// <param name="flipZ">Whether z may be mirrored for that.</param>
    /// <param name="isHalf">Whether in half precision.</param>
    /// <exception cref="DeviceException">The device failed.</exception>
    ITileRun Start(FloatVolume volume, Tile tile, bool ensemble, bool flipZ, bool isHalf);
}
