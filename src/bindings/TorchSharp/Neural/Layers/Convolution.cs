using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What all convolutions have: weights and biases that start as PyTorch's do.</summary>
public abstract class Convolution : nn.Module<Tensor, Tensor>
{
    private protected Convolution(string name, ConvolutionShape shape, bool transposed, bool bias, Device? device, ScalarType? dtype) : base(name)
    {
        if (transposed && shape.Mode != PaddingModes.Zeros)
            throw new ArgumentException("Only PaddingModes.Zeros is supported for ConvTransposeND", nameof(shape));
        Shape = shape;
        long[] channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
        register_parameter(nameof(weight), weight = New([.. channels, .. shape.Kernel], device, dtype));
        if (bias) register_parameter(nameof(bias), this.bias = New([out_channels], device, dtype));
        reset_parameters();
    }

    public Parameter? bias { get; }

    public Parameter weight { get; }

    public long in_channels => Shape.From;

    public long out_channels => Shape.To;

    public long groups => Shape.Groups;

    public PaddingModes padding_mode => Shape.Mode;

    private protected ConvolutionShape Shape { get; }

    public void reset_parameters()
    {
        nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (bias is null) return;
        double bound = 1 / Math.Sqrt(nn.init.CalculateFanInAndFanOut(weight).fanIn);
        nn.init.uniform_(bias, -bound, bound);
    }

    /// <summary>Calls a function on the input, or on one with the border that the mode asks for.</summary>
    private protected Tensor Padded(Tensor input, Func<Tensor, long[], Tensor> convolve)
    {
        int count = Shape.Kernel.Length;
        if ((input.ndim != count + 2 || input.shape[1] != in_channels) && (input.ndim != count + 1 || input.shape[0] != in_channels))
        {
            throw new ArgumentException(
                $"Expected {count + 1}D (unbatched) or {count + 2}D (batched) input with {in_channels} channels to {GetName()}.");
        }

        if (padding_mode == PaddingModes.Zeros && !Shape.Odd) return convolve(input, Shape.Before);
        long[] border = [.. Enumerable.Range(1, count).SelectMany(i => new[] { Shape.Before[^i], Shape.After[^i] })];
        using Tensor padded = nn.functional.pad(input, border, padding_mode);
        return convolve(padded, new long[count]);
    }

    private static Parameter New(long[] sizes, Device? device, ScalarType? dtype) =>
        (Parameter)new Parameter(empty(sizes, dtype, device)).DetachFromDisposeScope();
}
