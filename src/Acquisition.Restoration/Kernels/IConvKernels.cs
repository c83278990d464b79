using Acquisition.Restoration.Network;

namespace Acquisition.Restoration.Kernels;

/// <summary>One way to compute convolutions and their gradients. Stateless; calls may run side by side on different rows or samples.</summary>
/// <remarks>The gradient with respect to the input is a forward pass with <see cref="ConvShape.Transposed"/> and mirrored weights.
/// Implementations may round differently from each other; one implementation always gives the same bits for an output, wherever
/// its row lies in a tile and however rows are dealt to threads.</remarks>
internal unsafe interface IConvKernels
{
    string Name { get; }

    /// <summary>Floats of the packed form of a convolution's weights.</summary>
    int PackedLength(ConvShape shape);

    /// <summary>Brings weights [out][in per group][kz][ky][kx] into the order the kernel reads them.</summary>
    /// <param name="packed">Receives <see cref="PackedLength"/> floats.</param>
    void Pack(ConvShape shape, ReadOnlySpan<float> weights, float* packed);

    /// <summary>Computes the output rows [firstRow, endRow), counted over z and y.</summary>
    /// <param name="bias">One for each output channel.</param>
    /// <param name="output">Same extent as the input; must not be the input.</param>
    void Forward(
        ConvShape shape, float* packed, float* bias, Activations input, Activations output, int firstRow, int endRow);

    /// <summary>Adds the gradient of a sum over <paramref name="outputGradient"/> · output with respect to the weights.</summary>
    /// <param name="weightGradient">[out][in per group][kz][ky][kx]; added to.</param>
    void AddWeightGradient(ConvShape shape, Activations input, Activations outputGradient, float* weightGradient);
}
