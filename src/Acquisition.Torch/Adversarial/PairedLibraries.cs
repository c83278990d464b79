using System.Collections.Immutable;
using System.Globalization;
using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Registration;

namespace Acquisition.Torch.Adversarial;

/// <summary>Images of two libraries that show the same, laid over each other.</summary>
/// <remarks>The target is moved, not what is restored: a network sees later what the microscope gives, and noise that was interpolated is not that.
/// Planes of two-dimensional systems are images of their own and lie off each by itself; those of a volume were taken in one go and lie off alike, so
/// that dim ones are moved with the bright ones. Nothing is moved along z. Owns the images that it moved.</remarks>
public sealed class PairedLibraries : IDisposable
{
    private readonly ImmutableArray<FloatVolume> _made;

    private PairedLibraries(ImmutableArray<FloatVolume> targets, ImmutableArray<FloatVolume> made, ImmutableArray<ImmutableArray<UsableArea>> usable, ImmutableSortedDictionary<string, string> settings) =>
        (Targets, _made, Usable, Settings) = (targets, made, usable, settings);

    /// <summary>On the grid of the inputs, in their order. An image that need not be moved is the caller's own.</summary>
    public ImmutableArray<FloatVolume> Targets { get; }

    /// <summary>What may be learned from, by image: an area for each plane, or one for all of them.</summary>
    public ImmutableArray<ImmutableArray<UsableArea>> Usable { get; }

    /// <summary>What a model's card says of it.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; }

    /// <summary>Registers image by image.</summary>
    /// <param name="planesApart">Whether every plane is an image of its own.</param>
    /// <exception cref="RestorationException">The libraries do not pair up, or no image shows what its partner shows.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PairedLibraries Register(
        ImmutableArray<FloatVolume> inputs, ImmutableArray<FloatVolume> targets, bool planesApart, RegistrationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (inputs.Length != targets.Length)
            throw new RestorationException($"There are {inputs.Length} images to restore and {targets.Length} that results are to look like; paired libraries have as many.");
        var laid = ImmutableArray.CreateBuilder<FloatVolume>(inputs.Length);
        var made = ImmutableArray.CreateBuilder<FloatVolume>();
        var usable = ImmutableArray.CreateBuilder<ImmutableArray<UsableArea>>(inputs.Length);
        var fields = new List<PairField?>();
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                ImmutableArray<PairField?> found = Fields(inputs[i], targets[i], planesApart, options, cancellation);
                fields.AddRange(found);
                usable.Add([.. found.Select(field => field?.Usable ?? UsableArea.None(inputs[i].Shape.Y, inputs[i].Shape.X))]);
                if (found.All(field => field is null || field.LargestPx <= options.NegligiblePx)) laid.Add(targets[i]);
                else laid.Add(Lay(targets[i], found, options.NegligiblePx, made));
            }

            if (fields.All(field => field is not { RejectedShare: < 1 }))
                throw new RestorationException($"None of the {inputs.Length} image(s) shows what its partner shows. Pairs are files of the same rank by name; compare both lists.");
            return new PairedLibraries(laid.MoveToImmutable(), made.ToImmutable(), usable.MoveToImmutable(), Summary(fields, options));
        }
        catch
        {
            foreach (FloatVolume volume in made) volume.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (FloatVolume volume in _made) volume.Dispose();
    }

    /// <summary>A field for each plane or one for all; <see langword="null"/> where there is nothing to register by.</summary>
    private static ImmutableArray<PairField?> Fields(FloatVolume input, FloatVolume target, bool planesApart, RegistrationOptions options, CancellationToken cancellation)
    {
        int planes = planesApart ? 1 : target.Shape.Z;
        return [.. Enumerable.Range(0, target.Shape.Z / planes).Select(i => PairRegistration.ShowSomething(target, input, i * planes, planes)
            ? PairRegistration.Register(target, input, i * planes, planes, options, cancellation)
            : null)];
    }

    private static FloatVolume Lay(FloatVolume target, ImmutableArray<PairField?> fields, double negligiblePx, ImmutableArray<FloatVolume>.Builder made)
    {
        var moved = new FloatVolume(target.Shape);
        made.Add(moved);
        for (int z = 0; z < target.Shape.Z; z++)
        {
            if (fields[Math.Min(z, fields.Length - 1)] is { } field && field.LargestPx > negligiblePx) PairRegistration.Warp(target.Plane(z), field, moved.Plane(z));
            else target.Plane(z).CopyTo(moved.Plane(z));
        }

        return moved;
    }

    private static ImmutableSortedDictionary<string, string> Summary(List<PairField?> fields, RegistrationOptions options)
    {
        RegisteredTile[] tiles = [.. fields.SelectMany(field => field?.Tiles ?? [])];
        double[] shifts = [.. fields.Where(field => field is { RejectedShare: < 1 }).Select(field => field!.At(field.Height / 2.0, field.Width / 2.0).Length).Order()];
        return new Dictionary<string, string>
        {
            ["registration_shift_median_px"] = Text(shifts[shifts.Length / 2]),
            ["registration_shift_largest_px"] = Text(fields.Where(field => field is { RejectedShare: < 1 }).Max(field => field!.LargestPx)),
            ["registration_rejected_tiles"] = $"{tiles.Count(tile => tile.IsRejected)} of {tiles.Length}",
            ["registration_rejected_images"] = $"{fields.Count(field => field is not { RejectedShare: < 1 })} of {fields.Count}",
            ["registration_least_correlation"] = options.LeastCorrelation.ToString(CultureInfo.InvariantCulture),
        }.ToImmutableSortedDictionary();
    }

    private static string Text(double shift) => shift.ToString("0.00", CultureInfo.InvariantCulture);
}
