using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.DualHrgan;

/// <summary>Predicts the fine grid, [n, 1, z, y, x] to [n, 1, 3z, 3y, 3x]: a head, residual blocks with a long skip around them, and a tail whose
/// 27 channels are the fine voxels of a coarse one (WDSR-B in three dimensions).</summary>
internal sealed class FineGenerator : Module<Tensor, Tensor>
{
    private readonly WeightNormConvolution head;
    private readonly ModuleList<ResidualBlock> blocks;
    private readonly WeightNormConvolution tail;
    private readonly bool _addsEnlarged;

    public FineGenerator(DualHrganSettings settings) : base(nameof(FineGenerator))
    {
        _addsEnlarged = settings.AddsEnlarged;
        head = new WeightNormConvolution(1, settings.Features, 3);
        blocks = new ModuleList<ResidualBlock>(
            [.. Enumerable.Range(0, settings.Blocks).Select(_ => new ResidualBlock(settings.Features, settings.Expanded, settings.Reduced))]);
        tail = new WeightNormConvolution(settings.Features, FineGrid.Phases, 3);
        RegisterComponents();
    }

    /// <summary>Coarse voxels to either side that a fine one depends on: one for each convolution that looks around, as many as trilinear
    /// interpolation takes at least.</summary>
    public static int Radius(DualHrganSettings settings) => settings.Blocks + 2;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor begun = head.call(input), y = begun;
        foreach (ResidualBlock block in blocks) y = block.call(y);
        Tensor fine = FineGrid.Shuffled(tail.call(y + begun));
        if (_addsEnlarged) fine += FineGrid.Enlarged(input);
        return fine.MoveToOuterDisposeScope();
    }

    public void Draw(Generator chance)
    {
        head.Draw(chance);
        foreach (ResidualBlock block in blocks) block.Draw(chance);
        tail.Draw(chance);
    }
}
