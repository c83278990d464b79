using Acquisition.Core;
using Acquisition.Restoration;
using Acquisition.Restoration.Isotropy;

namespace Acquisition.Torch.Isotropy;

/// <summary>Pairs made of a stack's lateral planes, those for training and those to judge it by.</summary>
internal sealed class TrainingPlanes
{
    /// <summary>More than this is thinned out to planes at even distances; there are up to four floats for each.</summary>
    private const long MaxVoxels = 32L << 20;

    private const int MaxHeldOut = 4;
    private const int HeldOutEdgePx = 256;

    /// <summary>Draws for a patch that is not empty; then an empty one is taken.</summary>
    private const int MaxDraws = 100;

    private readonly List<PlanePair> _training = [];
    private readonly IsotropicOptions _options;

    /// <exception cref="RestorationException">Fewer than two planes have something in them, or are smaller than a patch.</exception>
    public TrainingPlanes(FloatVolume acquired, IntensityScale scale, PointSpreadFunction psf, double ratio, IsotropicOptions options, CancellationToken cancellation)
    {
        VolumeShape shape = acquired.Shape;
        if (Math.Min(shape.Y, shape.X) < options.PatchPx)
            throw new RestorationException($"Planes of {shape.Y}×{shape.X} are smaller than the patches of {options.PatchPx} pixels that the network is trained on; give smaller patches.");
        _options = options;
        var degradation = new LateralDegradation(SplitPsf.Of(psf, options.Kernel, options.Average), ratio, options.Noise);
        List<int> planes = Bright(acquired, scale, options.LeastBrightness);
        if (planes.Count < 2)
            throw new RestorationException($"Of the {shape} volume's planes {planes.Count} are more than background; training needs two, one of them to judge by.");

        int most = (int)Math.Clamp(MaxVoxels / shape.PlaneVoxels, 2, planes.Count);
        planes = [.. Enumerable.Range(0, most).Select(i => planes[(int)((i + 0.5) * planes.Count / most)])];
        int heldOut = Math.Clamp((int)Math.Round(planes.Count * options.HeldOutShare), 1, MaxHeldOut);
        HashSet<int> judged = [.. Enumerable.Range(0, heldOut).Select(i => planes[(int)((i + 0.5) * planes.Count / heldOut)])];
        foreach (int z in planes)
        {
            foreach (LateralAxis axis in Axes(options.Axes))
            {
                cancellation.ThrowIfCancellationRequested();
                PlanePair pair = Pair(acquired.Plane(z), shape, scale, degradation, axis, unchecked(options.Seed * 1_000_003 + 2 * z + (int)axis));
                if (judged.Contains(z)) HeldOut.Add(pair.Middle(HeldOutEdgePx));
                else _training.Add(pair);
            }
        }
        InputDb = HeldOut.Average(pair => pair.Psnr(pair.Input));
    }

    public List<PlanePair> HeldOut { get; } = [];

    /// <summary>PSNR of the held-out planes as a network gets them, dB.</summary>
    public double InputDb { get; }

    /// <summary>Scaled, with the degraded axis along x.</summary>
    public static PlanePair Pair(ReadOnlySpan<float> plane, VolumeShape shape, IntensityScale scale, LateralDegradation degradation, LateralAxis axis, int seed)
    {
        var (height, width) = axis == LateralAxis.X ? (shape.Y, shape.X) : (shape.X, shape.Y);
        float[] target = new float[plane.Length], input = new float[plane.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                float value = plane[axis == LateralAxis.X ? y * width + x : x * height + y];
                target[y * width + x] = float.IsFinite(value) ? value : (float)scale.Low;
            }
        }
        degradation.Apply(target, height, width, LateralAxis.X, input, seed);
        foreach (float[] samples in (float[][])[target, input])
        {
            foreach (ref float sample in samples.AsSpan()) sample = (float)scale.ToScaled(sample);
        }
        return new PlanePair(target, input, height, width);
    }

    /// <summary>Cuts a patch at a random place that is not empty, turned over at random.</summary>
    public void Draw(Random random, Span<float> input, Span<float> target)
    {
        int edge = _options.PatchPx, y = 0, x = 0;
        PlanePair pair = _training[0];
        for (int draw = 0; draw < MaxDraws; draw++)
        {
            pair = _training[random.Next(_training.Count)];
            (y, x) = (random.Next(pair.Height - edge + 1), random.Next(pair.Width - edge + 1));
            if (IsBright(pair, y, x, edge)) break;
        }
        bool flipsY = _options.Flips && random.Next(2) == 1, flipsX = _options.Flips && random.Next(2) == 1;
        for (int row = 0; row < edge; row++)
        {
            int from = (y + (flipsY ? edge - 1 - row : row)) * pair.Width + x;
            Copy(pair.Input.AsSpan(from, edge), input.Slice(row * edge, edge));
            Copy(pair.Target.AsSpan(from, edge), target.Slice(row * edge, edge));
        }

        void Copy(ReadOnlySpan<float> source, Span<float> to)
        {
            source.CopyTo(to);
            if (flipsX) to.Reverse();
        }
    }

    private bool IsBright(PlanePair pair, int y, int x, int edge)
    {
        for (int row = y; row < y + edge; row++)
        {
            foreach (float sample in pair.Target.AsSpan(row * pair.Width + x, edge))
            {
                if (sample > _options.LeastBrightness) return true;
            }
        }
        return false;
    }

    private static List<int> Bright(FloatVolume volume, IntensityScale scale, double least)
    {
        var bright = new List<int>();
        for (int z = 0; z < volume.Shape.Z; z++)
        {
            foreach (float sample in volume.Plane(z))
            {
                if (!float.IsFinite(sample) || scale.ToScaled(sample) <= least) continue;
                bright.Add(z);
                break;
            }
        }
        return bright;
    }

    private static LateralAxis[] Axes(TrainingAxes axes) => axes switch
    {
        TrainingAxes.X => [LateralAxis.X],
        TrainingAxes.Y => [LateralAxis.Y],
        _ => [LateralAxis.X, LateralAxis.Y],
    };
}
