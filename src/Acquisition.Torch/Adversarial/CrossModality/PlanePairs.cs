using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;
using static TorchSharp.torch;

namespace Acquisition.Torch.Adversarial.CrossModality;

/// <summary>Pairs of planes to learn from and to judge by.</summary>
internal sealed class PlanePairs
{
    /// <summary>Planes that scores are taken on, at even distances among those held out.</summary>
    private const int MaxJudged = 32;

    /// <summary>Edge of what of a plane is judged, at its centre.</summary>
    private const int MaxJudgedPx = 256;

    private readonly PatchSampler _inputs;
    private readonly PatchSampler _targets;

    /// <exception cref="RestorationException">The libraries are no pairs, or have too few or too small images.</exception>
    public PlanePairs(ImageLibrary input, ImageLibrary target, double heldOutShare, int patchPx)
    {
        if (input.Images.Length != target.Images.Length)
        {
            throw new RestorationException(
                $"There are {input.Images.Length} images to restore and {target.Images.Length} of what they are to look like; this system learns from pairs.");
        }

        for (int i = 0; i < input.Images.Length; i++)
        {
            if (input.Images[i].Shape != target.Images[i].Shape)
                throw new RestorationException($"Image {i} is {input.Images[i].Shape} (z, y, x) and its target {target.Images[i].Shape}; pairs must lie on one grid.");
        }

        var (learned, judged) = HeldOut.Part(input.Images, heldOutShare);
        var (learnedTargets, judgedTargets) = HeldOut.Part(target.Images, heldOutShare);
        var patch = new VolumeShape(1, patchPx, patchPx);
        var (learnedAreas, judgedAreas) = input.Usable.IsEmpty ? ([], []) : HeldOut.Part(input.Usable, heldOutShare);
        _inputs = new PatchSampler(learned, input.Card.Scale, patch, learnedAreas);
        _targets = new PatchSampler(learnedTargets, target.Card.Scale, patch);
        Judged = [.. Chosen(judged, judgedAreas, input.Card.Scale).Zip(Chosen(judgedTargets, judgedAreas, target.Card.Scale), (a, b) => new PlanePair(a, b))];
        if (Judged.IsEmpty)
        {
            throw new RestorationException(
                $"Of the {judged.Length} held-out image(s) none shows what its partner shows; there is nothing to judge by. Compare the pairs, or hold out more.");
        }
    }

    /// <summary>Held-out planes, or their centres.</summary>
    public ImmutableArray<PlanePair> Judged { get; }

    /// <summary>Patches at random, [n, 1, y, x].</summary>
    public (Tensor Input, Tensor Target) Draw(Random random, int count, Device device)
    {
        int edge = _inputs.Patch.Y, pixels = edge * edge;
        float[] inputs = new float[count * pixels], targets = new float[count * pixels];
        for (int i = 0; i < count; i++)
        {
            PatchPlace place = _inputs.Draw(random);
            _inputs.Cut(place, inputs.AsSpan(i * pixels, pixels));
            _targets.Cut(place, targets.AsSpan(i * pixels, pixels));
        }

        return (HostTensors.Sections(inputs, count, edge, edge, device), HostTensors.Sections(targets, count, edge, edge, device));
    }

    private static IEnumerable<PlaneSamples> Chosen(ImmutableArray<FloatVolume> images, ImmutableArray<ImmutableArray<UsableArea>> usable, IntensityScale scale)
    {
        (FloatVolume Image, int Z, PlaneBox Box)[] planes =
        [
            .. from i in Enumerable.Range(0, images.Length)
               from z in Enumerable.Range(0, images[i].Shape.Z)
               let area = usable.IsEmpty ? UsableArea.All(images[i].Shape.Y, images[i].Shape.X) : usable[i] is [var one] ? one : usable[i][z]
               let box = Centre(area.Inside)
               where area.Holds(box)
               select (images[i], z, box),
        ];
        int count = Math.Min(planes.Length, MaxJudged);
        for (int i = 0; i < count; i++)
        {
            var (image, z, box) = planes[(int)((i + 0.5) * planes.Length / count)];
            var sampler = new PatchSampler([image], scale, new VolumeShape(1, box.Height, box.Width));
            var samples = new float[box.Height * box.Width];
            sampler.Cut(new PatchPlace(0, z, box.Y, box.X, false, false, false, false), samples);
            yield return new PlaneSamples(box.Height, box.Width, samples);
        }

        static PlaneBox Centre(PlaneBox all)
        {
            int height = Math.Min(all.Height, MaxJudgedPx), width = Math.Min(all.Width, MaxJudgedPx);
            return new PlaneBox(all.Y + (all.Height - height) / 2, all.X + (all.Width - width) / 2, height, width);
        }
    }
}
