namespace TorchSharp.Modules;

/// <summary>What a group of parameters has of its own; null for what the optimizer was made with.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }
}
