namespace Acquisition.Restoration;

/// <summary>How tuning goes.</summary>
/// <param name="Stage">0-based; undersampling by 4 takes two stages.</param>
/// <param name="Step">Training steps taken in this stage.</param>
/// <param name="Loss">Mean square error on the last batch, relative to the mean square of the volume.</param>
/// <param name="HeldOutDb">PSNR of the network on the held-out blocks, dB; <see langword="null"/> until first measured.</param>
/// <param name="CubicDb">PSNR of cubic interpolation on the same blocks, dB.</param>
/// <param name="ProjectedDb">PSNR of cubic interpolation with back-projection on the same blocks, dB.</param>
/// <param name="Remaining">Estimate for the stages and steps left.</param>
/// <param name="Snapshot">A model that beats projection on the held-out blocks and every snapshot before it on copies between the
/// grids, when one has just been found; <see langword="null"/> otherwise. What tuning comes to in the end is better still.</param>
public sealed record TuningProgress(
    int Stage, int Stages, int Step, int Steps, double Loss, double? HeldOutDb, double? CubicDb, double? ProjectedDb,
    TimeSpan Elapsed, TimeSpan Remaining, TunedModel? Snapshot = null);
