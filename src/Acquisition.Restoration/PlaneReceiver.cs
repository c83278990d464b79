namespace Acquisition.Restoration;

/// <summary>Receives planes of a volume, (y, x), one by one and in order.</summary>
/// <param name="z">0-based.</param>
/// <param name="plane">Lent until the call returns.</param>
public delegate void PlaneReceiver(int z, ReadOnlySpan<float> plane);
