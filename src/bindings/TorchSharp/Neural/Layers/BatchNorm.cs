using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalises each channel over a batch.</summary>
public abstract class BatchNorm : NormBase
{
    private readonly int _dimensions;

    private protected BatchNorm(
        string name, int dimensions, long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype) => _dimensions = dimensions;

    public override Tensor forward(Tensor input)
    {
        Expect(input, _dimensions + 2);
        if (training && num_batches_tracked is not null) num_batches_tracked.add_(1);
        bool usesBatch = training || running_mean is null;
        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, usesBatch, momentum ?? 0.1, eps);
    }
}
