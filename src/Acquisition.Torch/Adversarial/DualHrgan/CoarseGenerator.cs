using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Takes the fine grid back to the coarse one, [n, 1, 3z, 3y, 3x] to [n, 1, z, y, x]: five convolutions over 3³ voxels, one of them
/// with stride 3 and without a border, so that coarse voxel k comes from the fine voxels 3k to 3k + 2.</summary>
internal sealed class CoarseGenerator(DualHrganSettings settings) : ConvolutionChain(nameof(CoarseGenerator), settings.CoarseSlope, Planned(settings))
{
    private const int Layers = 5;

    private readonly bool _addsMeans = settings.AddsMeans;

    /// <summary>Coarse voxels to either side that one depends on.</summary>
    public static int Radius(DualHrganSettings settings) => settings.StridesFirst ? Layers - 1 : (Layers - 1 + FineGrid.Finer - 1) / FineGrid.Finer;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor coarse = base.forward(input);
        if (_addsMeans) coarse += FineGrid.Means(input);
        return coarse.MoveToOuterDisposeScope();
    }

    /// <summary>Draws weights. A network that adds to means begins by adding nothing; any other by moving nothing, for a shift that it learns and the
    /// generator of fine volumes undoes is one that nothing in the losses sees.</summary>
    public new void Draw(Generator chance)
    {
        base.Draw(chance);
        MakeEven();
        if (_addsMeans) Silence();
    }

    private static IEnumerable<Conv3d> Planned(DualHrganSettings settings)
    {
        int strided = settings.StridesFirst ? 0 : Layers - 1;
        for (int i = 0; i < Layers; i++)
        {
            int from = i == 0 ? 1 : settings.CoarseFeatures, to = i == Layers - 1 ? 1 : settings.CoarseFeatures;
            yield return i == strided ? Conv3d(from, to, 3, stride: FineGrid.Finer) : Conv3d(from, to, 3, padding: 1);
        }
    }
}
