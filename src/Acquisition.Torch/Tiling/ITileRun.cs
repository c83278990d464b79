namespace Acquisition.Torch.Tiling;

/// <summary>A tile under way.</summary>
internal interface ITileRun : IDisposable
{
    /// <summary>Waits for the detail of what the tile answers for: [phase][z][y][x] on the coarse grid. Valid until disposal.</summary>
    /// <exception cref="DeviceException">The device failed.</exception>
    ReadOnlySpan<float> Wait();
}
