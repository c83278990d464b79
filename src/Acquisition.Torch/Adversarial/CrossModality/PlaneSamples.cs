namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>A plane, (y, x) without gaps.</summary>
internal readonly record struct PlaneSamples(int Height, int Width, float[] Samples);
