namespace Acquisition.Torch.Adversarial;

/// <summary>An image for people to look at.</summary>
/// <param name="Name">What it is: "input", "restored", "target".</param>
/// <param name="Samples">(y, x); 0 is black and 1 is white.</param>
public sealed record PreviewImage(string Name, int Height, int Width, ReadOnlyMemory<float> Samples);
