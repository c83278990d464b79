namespace Acquisition.Restoration.Benchmarking;

/// <summary>What a layer computes.</summary>
public enum KernelPass
{
    Forward,

    /// <summary>The gradient with respect to the layer's input.</summary>
    InputGradient,

    /// <summary>The gradient with respect to the layer's weights.</summary>
    WeightGradient,
}
