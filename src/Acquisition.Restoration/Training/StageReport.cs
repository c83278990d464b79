namespace Acquisition.Restoration.Training;

/// <summary>How a stage of tuning goes.</summary>
/// <param name="Loss">On the last batch, relative to the mean square of the crops.</param>
/// <param name="HeldOutDb">PSNR of the network on held-out blocks as measured last, dB.</param>
/// <param name="CubicDb">PSNR of cubic interpolation there, dB.</param>
/// <param name="ProjectedDb">PSNR of cubic interpolation with back-projection there, dB.</param>
/// <param name="Better">Weights just found that carry over better than those before, their detail scaled for use; otherwise <see langword="null"/>.</param>
internal readonly record struct StageReport(
    int Step, double Loss, double? HeldOutDb, double CubicDb, double ProjectedDb, float[]? Better);
