namespace Acquisition.Torch.Adversarial;

/// <summary>Where a patch begins, and how it is turned.</summary>
/// <param name="Transposes">Whether y and x change places, before they are flipped.</param>
internal readonly record struct PatchPlace(int Image, int Z, int Y, int X, bool FlipsZ, bool FlipsY, bool FlipsX, bool Transposes);
