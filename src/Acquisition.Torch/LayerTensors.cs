using Acquisition.Restoration.Network;
using static TorchSharp.torch;

namespace Acquisition.Torch;

/// <summary>Parameters of one layer on a device.</summary>
/// <param name="Slopes">Of its rectifier; <see langword="null"/> for the last layer.</param>
/// <param name="Shape">Groups and kernel.</param>
internal sealed record LayerTensors(Tensor Weight, Tensor Bias, Tensor? Slopes, ConvShape Shape)
{
    /// <summary>Copies that outlive the scope they are made in.</summary>
    public LayerTensors Kept(ScalarType type) => this with
    {
        Weight = Keep(Weight, type),
        Bias = Keep(Bias, type),
        Slopes = Slopes is null ? null : Keep(Slopes, type),
    };

    public void Release()
    {
        Weight.Dispose();
        Bias.Dispose();
        Slopes?.Dispose();
    }

    private static Tensor Keep(Tensor tensor, ScalarType type) => tensor.to(type).contiguous().clone().DetachFromDisposeScope();
}
