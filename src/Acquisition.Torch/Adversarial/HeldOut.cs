using System.Collections.Immutable;
using Acquisition.Core;

namespace Acquisition.Torch.Adversarial;

/// <summary>Parts images into those that are learned from and those that scores are taken on.</summary>
internal static class HeldOut
{
    /// <summary>Numbers of held-out images, at even distances; the same for libraries of one length.</summary>
    /// <exception cref="RestorationException">There are fewer than two images.</exception>
    public static ImmutableArray<int> Of(int images, double share)
    {
        if (images < 2) throw new RestorationException($"A library of {images} image(s) cannot be learned from; it takes two, one of them to judge by.");
        int count = Math.Clamp((int)Math.Round(images * share), 1, images - 1);
        return [.. Enumerable.Range(0, count).Select(i => (int)((i + 0.5) * images / count))];
    }

    /// <summary>Parts images, or what belongs to each of them.</summary>
    public static (ImmutableArray<T> Learned, ImmutableArray<T> Judged) Part<T>(ImmutableArray<T> images, double share)
    {
        ImmutableArray<int> heldOut = Of(images.Length, share);
        return ([.. images.Where((_, i) => !heldOut.Contains(i))], [.. heldOut.Select(i => images[i])]);
    }
}
