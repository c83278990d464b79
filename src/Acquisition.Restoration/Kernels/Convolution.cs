using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Kernels;

/// <summary>One convolution in the form chosen for it. Stateless; threads may compute different boxes or samples side by side, each
/// with its own scratch.</summary>
/// <remarks>The gradient with respect to the input is a forward pass of <see cref="ConvShape.Transposed"/> with mirrored weights.
/// Forms and vector widths round differently from each other. The bits of an output depend on the form and, for Winograd's, on where
/// in its tile it lies; not on what is computed together with it.</remarks>
internal abstract unsafe class Convolution(ConvShape shape)
{
    public ConvShape Shape => shape;

    public abstract string Form { get; }

    /// <summary>Floats of the packed form of the weights.</summary>
    public abstract int PackedLength { get; }

    /// <summary>Multiplications and additions the form does for one voxel.</summary>
    public abstract double FlopsPerVoxel { get; }

    /// <summary>Brings weights [out][in per group][kz][ky][kx] into the order the form reads them.</summary>
    /// <param name="packed">Receives <see cref="PackedLength"/> floats.</param>
    public abstract void Pack(ReadOnlySpan<float> weights, float* packed);

    /// <summary>Computes the rows of a box, in tiles from its corner.</summary>
    public abstract void Forward(in ForwardMaps maps, float* packed, Box box, Scratch scratch);

    /// <summary>Adds the gradient of a sum over <paramref name="outputGradient"/> · output with respect to the weights.</summary>
    /// <param name="firstPlane">Of the output; Winograd's form takes all planes together.</param>
    /// <param name="endPlane">Likewise.</param>
    /// <param name="weightGradient">[out][in per group][kz][ky][kx]; added to.</param>
    public abstract void AddWeightGradient(
        Activations input, Activations outputGradient, int firstPlane, int endPlane, float* weightGradient, Scratch scratch);
}

/// <summary>What a forward pass reads and writes.</summary>
/// <param name="input">Read.</param>
/// <param name="bias">One for each output channel.</param>
/// <param name="slopes">Of the rectifier behind the convolution, one for each output channel; <see langword="null"/> for none.</param>
/// <param name="before">Keeps the sums before the rectifier; <see langword="null"/> when nobody needs them.</param>
/// <param name="output">Same extent as the input; must not be the input.</param>
internal readonly unsafe struct ForwardMaps(Activations input, float* bias, float* slopes, Activations? before, Activations output)
{
    public readonly Activations Input = input;
    public readonly float* Bias = bias;
    public readonly float* Slopes = slopes;
    public readonly Activations? Before = before;
    public readonly Activations Output = output;
}
