using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalises each channel of each sample.</summary>
public abstract class InstanceNorm : NormBase
{
    private readonly int _dimensions;

    private protected InstanceNorm(
        string name, int dimensions, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype) => _dimensions = dimensions;

    public override Tensor forward(Tensor input)
    {
        Expect(input, _dimensions + 2);
        if (input.size(1) != num_features)
            throw new ArgumentException($"expected input's size at dim=1 to match num_features ({num_features}), but got: {input.size(1)}.");
        return nn.functional.instance_norm(
            input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0.1, eps);
    }
}
