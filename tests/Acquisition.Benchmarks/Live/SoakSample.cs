namespace Acquisition.Benchmarks.Live;

/// <summary>What the program holds after some volumes.</summary>
/// <param name="Volumes">Restored and stored so far.</param>
/// <param name="HeapBytes">Live objects on the managed heap, counted right after a full collection.</param>
/// <param name="Queued">Volumes in its queues.</param>
internal readonly record struct SoakSample(int Volumes, long HeapBytes, ProcessUse Use, int Queued);
