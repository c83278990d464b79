namespace Acquisition.Torch.Adversarial;

/// <summary>What a person says of the microscope that it does not announce itself.</summary>
/// <param name="Objective">Instead of the announced one; <see langword="null"/> for that.</param>
/// <param name="Gain">Detector gain in the lab's own unit; <see langword="null"/> for unknown.</param>
public sealed record MicroscopeSetting(string? Objective, double? Gain);
