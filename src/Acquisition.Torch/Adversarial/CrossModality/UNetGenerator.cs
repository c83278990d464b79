using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>What predicts: [n, 1, y, x] to the same, y and x multiples of <see cref="Multiple"/>. Four blocks of three convolutions down, each
/// added to what it began with, whose missing channels count as 0; one convolution at the bottom; four blocks up (Wang et al. 2019, supplementary note).</summary>
internal sealed class UNetGenerator : Module<Tensor, Tensor>
{
    /// <summary>What extents must be multiples of: images are halved four times.</summary>
    public const int Multiple = 16;

    /// <summary>No output sample depends on inputs farther away, on either axis.</summary>
    public const int ReachPx = 137;

    private const int Levels = 4;
    private const int PerBlock = 3;

    private readonly ModuleList<Conv2d> down;
    private readonly Conv2d bottom;
    private readonly ModuleList<Conv2d> up;
    private readonly Conv2d last;

    /// <param name="channels">After the first block.</param>
    public UNetGenerator(int channels) : base(nameof(UNetGenerator))
    {
        Channels = channels;
        var (descent, ascent, before) = (new List<Conv2d>(), new List<Conv2d>(), 1);
        for (int level = 0; level < Levels; level++) Add(descent, channels << level, 0);
        bottom = Conv2d(before, before, 3, padding: 1);
        for (int level = Levels - 1; level >= 0; level--) Add(ascent, channels << level >> 1, channels << level);
        last = Conv2d(before, 1, 3, padding: 1);
        (down, up) = (new ModuleList<Conv2d>([.. descent]), new ModuleList<Conv2d>([.. ascent]));
        RegisterComponents();

        void Add(List<Conv2d> layers, int to, int beside)
        {
            for (int i = 0; i < PerBlock; i++)
            {
                layers.Add(Conv2d(before + beside, to, 3, padding: 1));
                (before, beside) = (to, 0);
            }
        }
    }

    /// <summary>After the first block.</summary>
    public int Channels { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var across = new Tensor[Levels];
        Tensor y = input;
        for (int level = 0; level < Levels; level++) across[level] = y = Down(level, y);
        y = bottom.call(functional.avg_pool2d(y, 2));
        for (int level = 0; level < Levels; level++)
        {
            y = Up(level, across[^(level + 1)], y);
            across[^(level + 1)].Dispose(); // gradients keep what they need
        }

        return last.call(y).MoveToOuterDisposeScope();
    }

    private Tensor Down(int level, Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor y = level == 0 ? input : functional.avg_pool2d(input, 2);
        Tensor z = Block(down, level, y);
        return z.add(functional.pad(y, [0, 0, 0, 0, 0, z.shape[1] - y.shape[1]])).MoveToOuterDisposeScope();
    }

    private Tensor Up(int level, Tensor beside, Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor doubled = functional.interpolate(input, scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: false);
        Tensor both = cat([beside, doubled], 1);
        doubled.Dispose();
        return Block(up, level, both).MoveToOuterDisposeScope();
    }

    private static Tensor Block(ModuleList<Conv2d> layers, int level, Tensor input)
    {
        Tensor y = input;
        for (int i = level * PerBlock; i < (level + 1) * PerBlock; i++) y = Rectified.Of(layers[i].call(y));
        return y;
    }
}
