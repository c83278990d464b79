using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>The four networks.</summary>
internal sealed class C2GanNetworks : IDisposable
{
    /// <param name="chance">Draws the weights; <see langword="null"/> for weights that are loaded afterwards.</param>
    public C2GanNetworks(C2GanSettings settings, Generator? chance)
    {
        Forward = new(settings.Channels, settings.Blocks, chance);
        Backward = new(settings.Channels, settings.Blocks, chance);
        JudgeA = new(settings.DiscriminatorChannels, settings.DiscriminatorLayers, settings.DiscriminatorHalvings, chance);
        JudgeB = new(settings.DiscriminatorChannels, settings.DiscriminatorLayers, settings.DiscriminatorHalvings, chance);
        All = [("forward", Forward), ("backward", Backward), ("discriminator_a", JudgeA), ("discriminator_b", JudgeB)];
    }

    /// <summary>G, from the input's kind to the target's.</summary>
    public ResidualGenerator Forward { get; }

    /// <summary>F, back.</summary>
    public ResidualGenerator Backward { get; }

    /// <summary>Tells images of the input's kind from what <see cref="Backward"/> makes.</summary>
    public PatchDiscriminator JudgeA { get; }

    /// <summary>Tells images of the target's kind from what <see cref="Forward"/> makes.</summary>
    public PatchDiscriminator JudgeB { get; }

    /// <summary>By the names that checkpoints and models have them under.</summary>
    public ImmutableArray<(string Name, nn.Module Network)> All { get; }

    /// <exception cref="DataFormatException">A tensor is missing, of another shape, or not finite.</exception>
    public void Load(OfflineModel model)
    {
        foreach (var (name, network) in All) NetworkState.Load(model, name, network);
    }

    public ImmutableSortedDictionary<string, SafeTensor> Save() =>
        All.SelectMany(part => NetworkState.Of(part.Name, part.Network)).ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var (_, network) in All) network.Dispose();
    }
}
