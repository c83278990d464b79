using System.Collections.Immutable;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Images of one kind to learn from: one microscope with one setting.</summary>
public sealed record ImageLibrary
{
    /// <summary>Camera units, (z, y, x); for two-dimensional systems every plane is an image. The caller's, not changed. Of paired libraries
    /// images with one number show the same, on one grid.</summary>
    public required ImmutableArray<FloatVolume> Images { get; init; }

    /// <summary>What may be learned from, by image: an area for each plane, of systems that take planes one by one, or one for all planes. Empty for
    /// everything. The same in both of paired libraries.</summary>
    public ImmutableArray<ImmutableArray<UsableArea>> Usable { get; init; } = [];

    /// <summary>What was done with the images before, as a model's card says it.</summary>
    public ImmutableSortedDictionary<string, string> Preparation { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public required LibraryCard Card { get; init; }
}
