namespace Acquisition.Torch.Isotropy;

/// <summary>A layer of a network: channels before and after, and the edge of its square kernel.</summary>
internal readonly record struct Convolution(int From, int To, int Kernel)
{
    public int Weights => From * To * Kernel * Kernel;

    /// <summary>Half the width of the interval that weights are drawn from (Glorot and Bengio 2010).</summary>
    public double GlorotBound => Math.Sqrt(6.0 / ((From + To) * Kernel * Kernel));
}
