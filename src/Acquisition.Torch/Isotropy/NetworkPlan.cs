using System.Collections.Immutable;

namespace Acquisition.Torch.Isotropy;

/// <summary>The layers of a network in the order in which data passes them, without libtorch.</summary>
internal sealed class NetworkPlan
{
    /// <summary>Levels of a U-net above its lowest.</summary>
    public const int Depth = 2;

    private static readonly NetworkPlan IsoNet1 = new(IsotropicNetwork.IsoNet1, 0, [new(1, 64, 9), new(64, 32, 5), new(32, 1, 5), new(1, 1, 1)]);

    private static readonly NetworkPlan IsoNet2 = new(
        IsotropicNetwork.IsoNet2, 1, [new(1, 16, 7), new(16, 32, 7), new(32, 64, 7), new(96, 32, 7), new(48, 16, 7), new(16, 1, 1)]);

    private static readonly NetworkPlan CareIsotropic = new(IsotropicNetwork.CareIsotropic, 2,
    [
        new(1, 32, 5), new(32, 32, 5), new(32, 64, 5), new(64, 64, 5), new(64, 128, 5), new(128, 64, 5),
        new(128, 64, 5), new(64, 32, 5), new(64, 32, 5), new(32, 32, 5), new(32, 1, 1),
    ]);

    private NetworkPlan(IsotropicNetwork network, int perLevel, ImmutableArray<Convolution> layers) =>
        (Network, PerLevel, Layers, Count) = (network, perLevel, layers, layers.Sum(layer => layer.Weights + layer.To));

    public IsotropicNetwork Network { get; }

    /// <summary>Convolutions on each level of a U-net; 0 for networks without levels.</summary>
    public int PerLevel { get; }

    public bool IsUNet => PerLevel > 0;

    public ImmutableArray<Convolution> Layers { get; }

    /// <summary>Parameters in all.</summary>
    public int Count { get; }

    /// <summary>Extents of a section must be multiples of this.</summary>
    public int Multiple => IsUNet ? 1 << Depth : 1;

    /// <summary>What a pixel of a section takes while it passes, bytes: every layer's output, twice, as if none were smaller than the first.</summary>
    public long BytesPerPixel => 2L * sizeof(float) * (1 + Layers.Max(layer => layer.From) + Layers.Where(layer => layer.Kernel > 1).Sum(layer => layer.To));

    public static NetworkPlan Of(IsotropicNetwork network) => network switch
    {
        IsotropicNetwork.IsoNet1 => IsoNet1,
        IsotropicNetwork.IsoNet2 => IsoNet2,
        IsotropicNetwork.CareIsotropic => CareIsotropic,
        _ => throw new ArgumentOutOfRangeException(nameof(network), network, "Not a network."),
    };

    /// <summary>Names as PyTorch gives them, shapes, and where each begins among all parameters.</summary>
    public IEnumerable<(string Name, int[] Shape, int Start)> Tensors()
    {
        int start = 0;
        for (int i = 0; i < Layers.Length; i++)
        {
            Convolution layer = Layers[i];
            yield return ($"layers.{i}.weight", [layer.To, layer.From, layer.Kernel, layer.Kernel], start);
            start += layer.Weights;
            yield return ($"layers.{i}.bias", [layer.To], start);
            start += layer.To;
        }
    }

    /// <summary>Parameters to start from: uniform by Glorot's rule, biases 0.</summary>
    /// <remarks>The last layer is special: a residual network starts by changing nothing, and IsoNet-1 with a weight of 1, because a
    /// negative one before its last rectifier would keep it at 0 for ever.</remarks>
    public float[] Draw(Random random)
    {
        var parameters = new float[Count];
        int start = 0;
        foreach (Convolution layer in Layers)
        {
            bool isLast = start + layer.Weights + layer.To == Count;
            foreach (ref float weight in parameters.AsSpan(start, layer.Weights))
                weight = isLast ? (IsUNet ? 0 : 1) : (float)((2 * random.NextDouble() - 1) * layer.GlorotBound);
            start += layer.Weights + layer.To;
        }
        return parameters;
    }
}
