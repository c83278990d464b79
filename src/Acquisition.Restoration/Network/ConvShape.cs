namespace Acquisition.Restoration.Network;

/// <summary>One convolution: cubic kernel of odd edge, zero padding "same", grouped channels.</summary>
/// <param name="In">Channels in, over all groups.</param>
/// <param name="Out">Channels out, over all groups.</param>
/// <param name="Kernel">Edge of the kernel: 1, 3 or 5.</param>
/// <param name="Groups">Divides both channel counts.</param>
internal readonly record struct ConvShape(int In, int Out, int Kernel, int Groups = 1)
{
    public int InPerGroup => In / Groups;

    public int OutPerGroup => Out / Groups;

    public int Taps => Kernel * Kernel * Kernel;

    /// <summary>Voxels an output sees to either side.</summary>
    public int Radius => Kernel / 2;

    /// <summary>Weights, laid out [out][in per group][kz][ky][kx].</summary>
    public int WeightCount => Out * InPerGroup * Taps;

    /// <summary>The convolution that carries gradients from outputs to inputs.</summary>
    public ConvShape Transposed => new(Out, In, Kernel, Groups);

    public override string ToString() =>
        $"{In} → {Out}, {Kernel}³{(Groups > 1 ? $", {Groups} groups" : "")}";
}
