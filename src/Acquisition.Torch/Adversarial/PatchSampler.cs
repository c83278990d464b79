using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Cuts patches out of images, scaled as networks see them.</summary>
internal sealed class PatchSampler
{
    /// <summary>Draws for a patch that is not empty; then an empty one is taken.</summary>
    private const int MaxDraws = 20;

    private readonly ImmutableArray<FloatVolume> _images;
    private readonly ImmutableArray<ImmutableArray<UsableArea>> _usable;
    private readonly IntensityScale _scale;
    private readonly double[] _upTo;

    /// <param name="patch">Extent of patches.</param>
    /// <param name="usable">As <see cref="ImageLibrary.Usable"/>.</param>
    /// <exception cref="RestorationException">No image is as large as a patch, or none is usable on so much.</exception>
    public PatchSampler(ImmutableArray<FloatVolume> images, IntensityScale scale, VolumeShape patch, ImmutableArray<ImmutableArray<UsableArea>> usable = default)
    {
        (_images, _scale, Patch, _upTo, _usable) = (images, scale, patch, new double[images.Length], usable);
        double total = 0;
        for (int i = 0; i < images.Length; i++) _upTo[i] = total += Places(i);
        if (total == 0 && images.Any(image => image.Shape.Z >= patch.Z && image.Shape.Y >= patch.Y && image.Shape.X >= patch.X))
            throw new RestorationException($"Patches are {patch} (z, y, x), and on none of the {images.Length} pair(s) so much lies over its partner. Compare the pairs; where they are right, a smaller registration correlation may help.");
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
        int z, y, x;
        // Ends, as the image has usable places.
        do (z, y, x) = (random.Next(shape.Z - Patch.Z + 1), random.Next(shape.Y - Patch.Y + 1), random.Next(shape.X - Patch.X + 1));
        while (Area(image, z) is { } area && !area.Holds(new(y, x, Patch.Y, Patch.X)));
        return new PatchPlace(
            image, z, y, x, Patch.Z > 1 && random.Next(2) == 1, random.Next(2) == 1, random.Next(2) == 1, Patch.Y == Patch.X && random.Next(2) == 1);
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

    private double Places(int image)
    {
        VolumeShape shape = _images[image].Shape;
        if (shape.Z < Patch.Z || shape.Y < Patch.Y || shape.X < Patch.X) return 0;
        double places = 0;
        for (int z = 0; z <= shape.Z - Patch.Z; z++) places += Area(image, z)?.Places(Patch.Y, Patch.X) ?? (double)(shape.Y - Patch.Y + 1) * (shape.X - Patch.X + 1);
        return places;
    }

    /// <summary>What of a plane may be taken; <see langword="null"/> for all.</summary>
    private UsableArea? Area(int image, int z) => _usable.IsDefaultOrEmpty ? null : _usable[image] is [var one] ? one : _usable[image][z];
}
