using System.Runtime.InteropServices;
using Acquisition.Core;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial;

/// <summary>Float32 tensors in a checkpoint: rank, extents, samples; little-endian.</summary>
internal static class TensorStream
{
    public static void Write(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor.shape.Length);
        foreach (long extent in tensor.shape) writer.Write(extent);
        using Tensor host = tensor.detach().cpu().contiguous();
        writer.Write(MemoryMarshal.AsBytes(HostTensors.Samples(host)));
    }

    /// <summary>Into a tensor of the same shape.</summary>
    /// <exception cref="DataFormatException">It is of another shape, or ends too soon.</exception>
    public static void Read(BinaryReader reader, Tensor tensor)
    {
        long[] shape = Shape(reader);
        if (!shape.AsSpan().SequenceEqual(tensor.shape))
            throw new DataFormatException($"The checkpoint has a tensor of [{string.Join(", ", shape)}] where [{string.Join(", ", tensor.shape)}] is expected.");
        using Tensor host = Samples(reader, shape);
        tensor.copy_(host);
    }

    /// <summary>A tensor of its own, in the processor's memory.</summary>
    public static Tensor Read(BinaryReader reader) => Samples(reader, Shape(reader));

    private static long[] Shape(BinaryReader reader)
    {
        int rank = reader.ReadInt32();
        return rank is < 0 or > 8 ? throw new DataFormatException($"The checkpoint has a tensor of {rank} axes.") : [.. Enumerable.Range(0, rank).Select(_ => reader.ReadInt64())];
    }

    private static Tensor Samples(BinaryReader reader, long[] shape)
    {
        Tensor host = empty(shape);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(HostTensors.Samples(host)));
        return host;
    }
}
