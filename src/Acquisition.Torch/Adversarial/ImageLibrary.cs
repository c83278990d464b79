using System.Collections.Immutable;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Images of one kind to learn from: one microscope with one setting.</summary>
public sealed record ImageLibrary
{
    /// <summary>Camera units, (z, y, x); for two-dimensional systems every plane is an image. The caller's, not changed. Of paired libraries
    /// images with one number show the same, on one grid.</summary>
    public required ImmutableArray<FloatVolume> Images { get; init; }

    public required LibraryCard Card { get; init; }
}
