using System.Collections.Immutable;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Registration;

/// <summary>Finds how images of the same specimen by two microscopes, or two settings, lie off each other, and lays one over the other.</summary>
/// <remarks>Within planes alone: planes of both must be at the same depth. Images may differ in resolution, contrast and noise, not in their grid.
/// Results do not depend on the number of threads.</remarks>
public static class PairRegistration
{
    /// <summary>Smallest extent of images in y and x.</summary>
    public const int FewestPixels = 32;

    /// <summary>What windows cut off differently in images of different sharpness moves a tile by about this over its extent; pixels.</summary>
    private const double CutPx = 3;

    /// <summary>Registers planes that lie off alike, such as those of one volume: the whole first, then tile by tile.</summary>
    /// <param name="moving">(z, y, x); lent.</param>
    /// <param name="target">On the same grid; lent.</param>
    /// <param name="firstPlane">The first of the planes.</param>
    /// <exception cref="RestorationException">The shapes differ, the images are too small, or one of them is constant.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PairField Register(
        FloatVolume moving, FloatVolume target, int firstPlane, int planes, RegistrationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(moving);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        Require.InRange(firstPlane, 0, target.Shape.Z - 1);
        Require.InRange(planes, 1, target.Shape.Z - firstPlane);
        var pair = new ImagePair(moving, target, firstPlane, planes);
        pair.RequireContent();

        Shift coarse = Coarse(pair, options);
        (PlaneBox Box, PlaneBox Cell)[] layout = TileLayout.Of(pair.Height, pair.Width, options.TilePx);
        (Shift Shift, Shift Error)?[] found = EachTile(layout, (meter, box) =>
            meter.Find(pair, box, coarse, options.LargestLocalPx, options.LargestLocalPx) is { } near
                && meter.Correlation(pair, box, near.Shift, options.CorrelationBlurPx) >= options.LeastCorrelation
                ? near
                : ((Shift, Shift)?)null, options.Threads, cancellation);
        var field = new ShiftField(pair.Height, pair.Width, options.TilePx, coarse, [.. layout.Zip(found)
            .Where(tile => tile.Second is not null)
            .Select(tile => new FieldTile(tile.First.Box.MiddleY, tile.First.Box.MiddleX, tile.Second!.Value.Shift, Uncertain(tile.Second.Value.Error, tile.First.Box)))]);
        double[] correlations = EachTile(layout, (meter, box) => meter.Correlation(
            pair, box, field.At(box.MiddleY, box.MiddleX), options.CorrelationBlurPx), options.Threads, cancellation);
        ImmutableArray<RegisteredTile> tiles = [.. layout.Select((tile, i) => new RegisteredTile(
            tile.Box, tile.Cell, found[i]?.Shift, found[i]?.Error ?? default, correlations[i], !(correlations[i] >= options.LeastCorrelation)))];
        return new PairField(pair.Height, pair.Width, coarse, field, tiles);
    }

    /// <summary>Whether both images have samples to register by; where not, <see cref="Register"/> refuses.</summary>
    public static bool ShowSomething(FloatVolume moving, FloatVolume target, int firstPlane, int planes)
    {
        ArgumentNullException.ThrowIfNull(moving);
        ArgumentNullException.ThrowIfNull(target);
        var pair = new ImagePair(moving, target, firstPlane, planes);
        pair.RequireGrid();
        return !pair.IsConstant(moving) && !pair.IsConstant(target);
    }

    /// <summary>Lays a plane of the moving image over the target's: cubic interpolation (Keys 1981, a = −0.5).</summary>
    /// <param name="moving">(y, x); beyond its borders it is mirrored.</param>
    /// <param name="laid">Receives what the plane shows, on the target's grid. Must not be <paramref name="moving"/>.</param>
    /// <exception cref="ArgumentException">A plane is not of the field's extent.</exception>
    public static void Warp(ReadOnlySpan<float> moving, PairField field, Span<float> laid)
    {
        ArgumentNullException.ThrowIfNull(field);
        int pixels = field.Height * field.Width;
        if (moving.Length != pixels || laid.Length != pixels)
            throw new ArgumentException($"The field is for {field.Height}×{field.Width} pixels, but there are {moving.Length} to read and {laid.Length} to write.");
        PlaneWarp.Run(moving, field, laid);
    }

    /// <summary>The shift of everything; none where there is no peak.</summary>
    private static Shift Coarse(ImagePair pair, RegistrationOptions options)
    {
        using var meter = new ShiftMeter(pair.Height, pair.Width);
        return meter.Find(pair, new PlaneBox(0, 0, pair.Height, pair.Width), default, options.LargestShare * pair.Height, options.LargestShare * pair.Width)?.Shift ?? default;
    }

    private static Shift Uncertain(Shift error, PlaneBox box) => new(
        Math.Sqrt(error.Y * error.Y + CutPx / box.Height * CutPx / box.Height), Math.Sqrt(error.X * error.X + CutPx / box.Width * CutPx / box.Width));

    /// <summary>Asks something of each tile; each thread has its own transforms.</summary>
    private static T[] EachTile<T>((PlaneBox Box, PlaneBox Cell)[] layout, Func<ShiftMeter, PlaneBox, T> ask, int threads, CancellationToken cancellation)
    {
        var answers = new T[layout.Length];
        int pieces = Math.Min(threads, layout.Length);
        Workers.Run(pieces, pieces, piece =>
        {
            using var meter = new ShiftMeter(layout.Max(tile => tile.Box.Height), layout.Max(tile => tile.Box.Width));
            for (int i = piece; i < layout.Length; i += pieces)
            {
                cancellation.ThrowIfCancellationRequested();
                answers[i] = ask(meter, layout[i].Box);
            }
        }, cancellation);
        return answers;
    }
}
