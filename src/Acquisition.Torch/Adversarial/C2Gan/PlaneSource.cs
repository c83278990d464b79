using System.Collections.Immutable;
using Acquisition.Core;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.C2Gan;

/// <summary>A library whose every plane is an image, some of them held out.</summary>
internal sealed class PlaneSource
{
    /// <summary>Held-out pieces that scores are taken on: more would cost more time than they tell.</summary>
    private const int MaxJudged = 8;

    /// <summary>Their extent in patches, where planes are as large.</summary>
    private const int JudgedPatches = 2;

    private readonly PatchSampler _patches;
    private readonly HashSet<(int Image, int Z)> _heldOut;
    private readonly Device _device;

    /// <exception cref="RestorationException">There are fewer than two planes, or none as large as a patch on either side.</exception>
    public PlaneSource(ImageLibrary library, double heldOutShare, int patchPx, Device device)
    {
        _device = device;
        ImmutableArray<(int Image, int Z)> planes = [.. library.Images.SelectMany((image, i) => Enumerable.Range(0, image.Shape.Z).Select(z => (i, z)))];
        _heldOut = [.. HeldOut.Of(planes.Length, heldOutShare).Select(i => planes[i])];
        _patches = new PatchSampler(library.Images, library.Card.Scale, new VolumeShape(1, patchPx, patchPx));
        ImmutableArray<(int Image, int Z)> large = [.. planes.Where(plane => Edge(library, plane) >= patchPx)];
        ImmutableArray<(int Image, int Z)> judged = [.. large.Where(_heldOut.Contains)];
        if (judged.Length == 0 || judged.Length == large.Length)
            throw new RestorationException($"Patches have {patchPx} × {patchPx} pixels; of {planes.Length} planes {large.Length} are as large, and it takes one to learn from and one to judge by.");
        Judged = [.. Pieces(library, [.. judged.Take(MaxJudged)], Math.Min(JudgedPatches * patchPx, judged.Min(plane => Edge(library, plane))))];
    }

    /// <summary>Pieces of held-out planes, scaled, each on the device as [1, 1, y, x].</summary>
    public ImmutableArray<Func<Tensor>> Judged { get; }

    /// <summary>A patch to learn from, anywhere with the same chance, turned at random; scaled, [1, 1, y, x].</summary>
    public Tensor Draw(Random chance)
    {
        PatchPlace place;
        do place = _patches.Draw(chance);
        while (_heldOut.Contains((place.Image, place.Z)));
        return Cut(_patches, place, _device);
    }

    private static int Edge(ImageLibrary library, (int Image, int Z) plane) =>
        Math.Min(library.Images[plane.Image].Shape.Y, library.Images[plane.Image].Shape.X);

    private IEnumerable<Func<Tensor>> Pieces(ImageLibrary library, ImmutableArray<(int Image, int Z)> planes, int edge)
    {
        edge -= edge % ResidualGenerator.Multiple;
        var pieces = new PatchSampler(library.Images, library.Card.Scale, new VolumeShape(1, edge, edge));
        var chance = new Random(planes.Length);
        foreach (var (image, z) in planes)
        {
            VolumeShape shape = library.Images[image].Shape;
            var place = new PatchPlace(image, z, chance.Next(shape.Y - edge + 1), chance.Next(shape.X - edge + 1), false, false, false, false);
            yield return () => Cut(pieces, place, _device);
        }
    }

    private static Tensor Cut(PatchSampler sampler, PatchPlace place, Device device)
    {
        Tensor host = empty([1, 1, sampler.Patch.Y, sampler.Patch.X]);
        sampler.Cut(place, HostTensors.Samples(host));
        return host.to(device);
    }
}
