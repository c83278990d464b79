namespace TorchSharp.Modules;

/// <summary>The numbers of a convolution; lists have one entry for each dimension, slow to fast.</summary>
internal sealed class ConvolutionShape
{
    public ConvolutionShape(long from, long to, long[] kernel, long[] stride, long[]? padding, Padding? same, long[] dilation, PaddingModes mode, long groups)
    {
        (From, To, Kernel, Stride, Dilation, Mode, Groups) = (from, to, kernel, stride, dilation, mode, groups);
        if (same == Padding.Same && stride.Any(step => step != 1))
            throw new ArgumentException("padding='same' is not supported for strided convolutions");
        long[] all = [.. kernel.Zip(dilation, static (size, step) => step * (size - 1))];
        Before = same switch { Padding.Same => [.. all.Select(total => total / 2)], Padding.Valid => new long[kernel.Length], _ => padding ?? new long[kernel.Length] };
        After = same == Padding.Same ? [.. all.Zip(Before, static (total, before) => total - before)] : Before;
    }

    public long From { get; }

    public long To { get; }

    public long[] Kernel { get; }

    public long[] Stride { get; }

    public long[] Dilation { get; }

    public PaddingModes Mode { get; }

    public long Groups { get; }

    public long[] Before { get; }

    public long[] After { get; }

    /// <summary>Whether more is needed behind than in front, which libtorch's convolution cannot do by itself.</summary>
    public bool Odd => !Before.SequenceEqual(After);
}
