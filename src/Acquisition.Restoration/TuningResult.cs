namespace Acquisition.Restoration;

/// <summary>What tuning came to.</summary>
/// <param name="Model">The tuned network, also when it loses; <see langword="null"/> when the volume does not allow tuning.</param>
/// <param name="BeatsProjection">Whether the network is better than cubic interpolation with back-projection on held-out
/// blocks, in every stage, by the engine's margin. Only then should it go live.</param>
/// <param name="HeldOutDb">PSNR of the whole restoration on the first stage's held-out blocks, dB; NaN when not tuned.</param>
/// <param name="CubicDb">PSNR of cubic interpolation on the same blocks, dB; NaN when not tuned.</param>
/// <param name="ProjectedDb">PSNR of cubic interpolation with back-projection on the same blocks, dB; NaN when not tuned.</param>
/// <param name="StepsRun">Training steps over all stages.</param>
/// <param name="NoiseShare">Estimated share of noise in what cubic interpolation misses of the acquired samples and back-projection
/// puts back; 0 to 1.</param>
/// <param name="Reason">Why the network should go live or not; for people.</param>
public sealed record TuningResult(
    TunedModel? Model, bool BeatsProjection, double HeldOutDb, double CubicDb, double ProjectedDb, int StepsRun,
    TimeSpan Duration, double NoiseShare, string Reason);
