using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Networks trained before any scan, with their card. Immutable.</summary>
public sealed class OfflineModel(ModelCard card, ImmutableSortedDictionary<string, SafeTensor> tensors) : TunedModel
{
    private const string CardKey = "card";

    public override string Method => Card.Method;

    public ModelCard Card { get; } = card;

    /// <summary>By name: the network's, a point, and PyTorch's.</summary>
    public ImmutableSortedDictionary<string, SafeTensor> Tensors { get; } = tensors;

    public override OfflineModel WithNote(string name, string value) => new(Card, Tensors) { Notes = Notes.SetItem(name, value) };

    public override byte[] ToSafeTensors() => SafeTensors.Write([.. Tensors.Values], Notes.SetItem(CardKey, Card.ToJson()));

    /// <summary>Reads what <see cref="ToSafeTensors"/> wrote.</summary>
    /// <exception cref="DataFormatException">Not a safetensors file, or without a card.</exception>
    public static OfflineModel FromSafeTensors(ReadOnlySpan<byte> file)
    {
        var (tensors, metadata) = SafeTensors.Read(file);
        if (!metadata.TryGetValue(CardKey, out string? card))
            throw new DataFormatException("The weights have no card, so nobody knows what they may be used for; give a model that 'acquisition train' made.");
        return new OfflineModel(ModelCard.FromJson(card), tensors.ToImmutableSortedDictionary(StringComparer.Ordinal)) { Notes = metadata.Remove(CardKey) };
    }
}
