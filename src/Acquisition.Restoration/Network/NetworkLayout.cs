using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Restoration.Network;

/// <summary>The layers of a Self-Vision network (He et al. 2023) for one stage: a chain of convolutions on the coarse grid, then
/// a voxel shuffle to the fine one. Its output is added to the cubic enlargement of its input.</summary>
/// <remarks>The public code's network ends in "nearest enlargement, 3³ convolution to one channel". It is computed on the coarse grid as
/// a pointwise convolution to one channel for each tap and sums of neighbours (<see cref="PhaseTail"/>).</remarks>
internal sealed class NetworkLayout
{
    private const int Features = 16;
    private const int Depth = 4;
    private const int PublicWidth = 12;
    private const int PaperWidth = 6;
    private const int PaperGroups = 3;

    public NetworkLayout(NetworkVariant variant, Factors factors)
    {
        Variant = variant;
        Factors = factors;
        var layers = ImmutableArray.CreateBuilder<Layer>();
        bool isPublic = variant == NetworkVariant.Public;
        int width = isPublic ? PublicWidth : PaperWidth;

        Add(new(1, Features, 5));
        Add(new(Features, width, isPublic ? 1 : 3));
        for (int i = 0; i < Depth; i++) Add(new(width, width, 3, isPublic ? 1 : PaperGroups));
        if (isPublic) Add(new(width, Features, 1));
        if (isPublic) AddLayer("last", null, new(Features, 1, 3), new(Features, PhaseTail.Taps, 1));
        else AddLayer("last", null, new(width, factors.Product, 3), new(width, factors.Product, 3));
        Layers = layers.ToImmutable();

        // In a PyTorch sequence every convolution and every PReLU has a number.
        void Add(ConvShape shape) => AddLayer($"body.{2 * layers.Count}", $"body.{2 * layers.Count + 1}", shape, shape);

        void AddLayer(string name, string? slopeName, ConvShape stored, ConvShape executed)
        {
            var layer = new Layer(name, slopeName, stored, executed, StoredCount, ExecutedCount);
            layers.Add(layer);
            StoredCount += layer.StoredCount;
            ExecutedCount += layer.ExecutedCount;
            Radius += stored.Radius;
        }
    }

    public NetworkVariant Variant { get; }

    public Factors Factors { get; }

    public ImmutableArray<Layer> Layers { get; }

    /// <summary>Parameters as trained and stored.</summary>
    public int StoredCount { get; private set; }

    /// <summary>Parameters as computed with.</summary>
    public int ExecutedCount { get; private set; }

    /// <summary>Coarse voxels an output sees to either side; a tile with this halo gives the bits of the whole.</summary>
    public int Radius { get; private set; }

    /// <summary>Whether a <see cref="PhaseTail"/> follows the last layer.</summary>
    public bool HasPhaseTail => Variant == NetworkVariant.Public;

    /// <summary>The most channels of any activation.</summary>
    public int MaxChannels => Layers.Max(layer => layer.Executed.Out);

    /// <summary>Stored tensors by their PyTorch names, with shape and place among the stored parameters.</summary>
    public IEnumerable<(string Name, int[] Shape, int Start)> Tensors()
    {
        foreach (Layer layer in Layers)
        {
            ConvShape conv = layer.Stored;
            yield return (layer.Name + ".weight", [conv.Out, conv.InPerGroup, conv.Kernel, conv.Kernel, conv.Kernel], layer.StoredAt);
            yield return (layer.Name + ".bias", [conv.Out], layer.StoredBiasAt);
            if (layer.HasSlopes) yield return (layer.SlopeName + ".weight", [conv.Out], layer.StoredSlopeAt);
        }
    }
}
