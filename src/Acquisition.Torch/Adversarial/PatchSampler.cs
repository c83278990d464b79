using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Cuts patches out of images, scaled as networks see them.</summary>
internal sealed class PatchSampler
{
    /// <summary>Draws for a patch that is not empty; then an empty one is taken.</summary>
    private const int MaxDraws = 20;

    private readonly ImmutableArray<FloatVolume> _images;
    private readonly IntensityScale _scale;
    private readonly double[] _upTo;

    /// <param name="patch">Extent of patches.</param>
    /// <exception cref="RestorationException">No image is as large as a patch.</exception>
    public PatchSampler(ImmutableArray<FloatVolume> images, IntensityScale scale, VolumeShape patch)
    {
        (_images, _scale, Patch, _upTo) = (images, scale, patch, new double[images.Length]);
        double total = 0;
        for (int i = 0; i < images.Length; i++) _upTo[i] = total += Places(images[i].Shape);
        if (total == 0)
            throw new RestorationException($"Patches are {patch} (z, y, x), and none of the {images.Length} image(s) is as large; the largest is {images.MaxBy(image => image.Shape.Voxels)?.Shape}.");
    }

    public VolumeShape Patch { get; }

    /// <summary>A place at random, each as likely as any other, turned at random.</summary>
    /// <param name="leastShare">Share of samples above <paramref name="background"/>, scaled, that a patch must have to be taken.</param>
    /// <param name="emptyShare">Share of patches that are taken without looking.</param>
    public PatchPlace Draw(Random random, double leastShare = 0, double background = 0, double emptyShare = 0.1)
    {
        bool isAny = leastShare == 0 || random.NextDouble() < emptyShare;
        PatchPlace place = Anywhere(random);
        for (int draw = 1; !isAny && draw < MaxDraws && Foreground(place, background) < leastShare; draw++) place = Anywhere(random);
        return place;
    }

    /// <summary>Cuts what is at a place, scaled; samples that are not finite count as 0.</summary>
    /// <param name="patch">Receives (z, y, x).</param>
    public void Cut(PatchPlace place, Span<float> patch)
    {
        FloatVolume image = _images[place.Image];
        double low = _scale.Low, width = _scale.High - _scale.Low;
        for (int z = 0; z < Patch.Z; z++)
        {
            ReadOnlySpan<float> plane = image.Plane(place.Z + (place.FlipsZ ? Patch.Z - 1 - z : z));
            for (int y = 0; y < Patch.Y; y++)
            {
                for (int x = 0; x < Patch.X; x++)
                {
                    var (row, column) = place.Transposes ? (x, y) : (y, x);
                    if (place.FlipsY) row = Patch.Y - 1 - row;
                    if (place.FlipsX) column = Patch.X - 1 - column;
                    float value = plane[(place.Y + row) * image.Shape.X + place.X + column];
                    patch[(z * Patch.Y + y) * Patch.X + x] = float.IsFinite(value) ? (float)((value - low) / width) : 0;
                }
            }
        }
    }

    private PatchPlace Anywhere(Random random)
    {
        double at = random.NextDouble() * _upTo[^1];
        int image = Array.FindIndex(_upTo, upTo => at < upTo);
        VolumeShape shape = _images[image].Shape;
        return new PatchPlace(
            image, random.Next(shape.Z - Patch.Z + 1), random.Next(shape.Y - Patch.Y + 1), random.Next(shape.X - Patch.X + 1),
            Patch.Z > 1 && random.Next(2) == 1, random.Next(2) == 1, random.Next(2) == 1, Patch.Y == Patch.X && random.Next(2) == 1);
    }

    private double Foreground(PatchPlace place, double background)
    {
        float least = (float)(_scale.Low + background * (_scale.High - _scale.Low));
        long above = 0;
        for (int z = place.Z; z < place.Z + Patch.Z; z++)
        {
            ReadOnlySpan<float> plane = _images[place.Image].Plane(z);
            for (int y = place.Y; y < place.Y + Patch.Y; y++)
            {
                foreach (float sample in plane.Slice(y * _images[place.Image].Shape.X + place.X, Patch.X))
                {
                    if (sample > least) above++;
                }
            }
        }

        return (double)above / Patch.Voxels;
    }

    private double Places(VolumeShape shape) => shape.Z < Patch.Z || shape.Y < Patch.Y || shape.X < Patch.X
        ? 0
        : (double)(shape.Z - Patch.Z + 1) * (shape.Y - Patch.Y + 1) * (shape.X - Patch.X + 1);
}
