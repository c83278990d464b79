namespace Acquisition.Torch.Isotropy;

/// <summary>How training goes.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Loss">Mean since the last report; see <see cref="IsotropicLoss"/> for its unit.</param>
/// <param name="HeldOutDb">PSNR of the network on degraded lateral planes that it is not trained on, dB.</param>
/// <param name="InputDb">PSNR of those planes as the network gets them, interpolated, dB.</param>
/// <param name="Remaining">Estimate for the steps left.</param>
/// <param name="Better">The model as it is now, when it is better on held-out planes than all before; <see langword="null"/> otherwise.</param>
public sealed record IsotropicProgress(int Step, int Steps, double Loss, double HeldOutDb, double InputDb, TimeSpan Elapsed, TimeSpan Remaining,
    IsotropicModel? Better = null);
