using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>How far apart two sets of volumes are as collections of patches, whatever is where in them: Wasserstein distances between projections of patches onto
/// directions at random (sliced, as Karras et al. 2018 compare images).</summary>
internal static class PatchLikeness
{
    private const int Patch = 7;
    private const int Directions = 16;
    private const int Levels = 1000;
    private const ulong Seed = 1;

    /// <summary>The distribution of a volume's patches along each direction, [level, direction].</summary>
    /// <param name="volume">[1, 1, z, y, x].</param>
    /// <param name="stride">From patch to patch.</param>
    public static Tensor Quantiles(Tensor volume, int stride)
    {
        using var scope = NewDisposeScope();
        using var chance = new Generator(Seed);
        Tensor directions = randn([Directions, 1, Patch, Patch, Patch], generator: chance);
        directions = (directions / directions.flatten(1).norm(1).reshape(-1, 1, 1, 1, 1)).to(volume.device);
        Tensor projected = functional.conv3d(volume, directions, strides: [stride, stride, stride], padding: [Patch / 2, Patch / 2, Patch / 2]);
        Tensor levels = ((arange(Levels, ScalarType.Float32) + 0.5) / Levels).to(volume.device);
        return projected.reshape(Directions, -1).quantile(levels, dim: 1).MoveToOuterDisposeScope();
    }

    /// <summary>Mean over directions of the Wasserstein distance between the sets' mean distributions, in the volumes' units.</summary>
    public static double Distance(IList<Tensor> first, IList<Tensor> second)
    {
        using var scope = NewDisposeScope();
        return (stack(first).mean([0]) - stack(second).mean([0])).abs().mean().item<float>();
    }
}
