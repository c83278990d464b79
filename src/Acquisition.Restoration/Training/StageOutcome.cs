namespace Acquisition.Restoration.Training;

/// <summary>What one stage of tuning came to.</summary>
/// <param name="Parameters">As stored, the transfer gain already in the last layer.</param>
/// <param name="TransferGain">What the last layer was multiplied by; 0 where the detail does not carry over to the acquired grid.</param>
/// <param name="HeldOutDb">PSNR of the whole restoration on held-out blocks, before the gain, dB.</param>
/// <param name="CubicDb">PSNR of cubic interpolation there, dB.</param>
/// <param name="ProjectedDb">PSNR of cubic interpolation with back-projection there, dB.</param>
internal sealed record StageOutcome(float[] Parameters, double TransferGain, double HeldOutDb, double CubicDb, double ProjectedDb);
