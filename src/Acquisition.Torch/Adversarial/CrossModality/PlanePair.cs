namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>What was acquired and what it is to look like; each scaled as networks see it, on one grid.</summary>
internal readonly record struct PlanePair(PlaneSamples Input, PlaneSamples Target);
