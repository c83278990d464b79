using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>The grid that is three times finer on each axis: coarse voxel k covers the fine voxels 3k to 3k + 2. Everything here and in the
/// networks keeps to that. Tensors are [n, channels, z, y, x].</summary>
internal static class FineGrid
{
    /// <summary>Fine voxels to a coarse one, on each axis.</summary>
    public const int Finer = 3;

    public const int Phases = Finer * Finer * Finer;

    /// <summary>Sets 27 channels out as voxels: channel (3a + b)·3 + d becomes fine voxel (a, b, d) of a coarse one.</summary>
    public static Tensor Shuffled(Tensor phases)
    {
        long[] shape = phases.shape;
        return phases.reshape(shape[0], Finer, Finer, Finer, shape[2], shape[3], shape[4])
            .permute(0, 4, 1, 5, 2, 6, 3)
            .reshape(shape[0], 1, shape[2] * Finer, shape[3] * Finer, shape[4] * Finer);
    }

    /// <summary>Trilinear: fine voxel j stands at ((j + ½)/3 − ½) of the coarse grid. Borders repeat.</summary>
    public static Tensor Enlarged(Tensor coarse) =>
        functional.interpolate(coarse, scale_factor: [Finer, Finer, Finer], mode: InterpolationMode.Trilinear, align_corners: false);

    /// <summary>Each coarse voxel's value on all its fine ones.</summary>
    public static Tensor Repeated(Tensor coarse) => functional.interpolate(coarse, scale_factor: [Finer, Finer, Finer]);

    /// <summary>Means over coarse voxels.</summary>
    public static Tensor Means(Tensor fine) => functional.avg_pool3d(fine, [Finer, Finer, Finer]);

    /// <summary>A volume without so many voxels at each face: a view.</summary>
    public static Tensor Inside(Tensor volume, int margin)
    {
        Tensor inside = volume;
        for (int axis = 2; axis < 5 && margin > 0; axis++) inside = inside.narrow(axis, margin, inside.shape[axis] - 2 * margin);
        return inside;
    }
}
