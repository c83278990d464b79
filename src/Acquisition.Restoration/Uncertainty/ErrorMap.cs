using System.Numerics;
using Acquisition.Core;
using Acquisition.Restoration.Sampling;

namespace Acquisition.Restoration.Uncertainty;

/// <summary>Writes how uncertain each voxel of a restored volume is.</summary>
public static class ErrorMap
{
    /// <summary>Steps of the score that one voxel is looked up in; finer than the map's own steps.</summary>
    private const int LookupSteps = 4096;

    /// <summary>Writes standard errors as shares of the volume's full range, in the steps of <see cref="ErrorScale"/>.</summary>
    /// <param name="restored">In scaled units.</param>
    /// <param name="missing">Planes of the acquired volume that never arrived; what was made of them is unknown.</param>
    /// <param name="factors">How many times finer the restored grid is.</param>
    /// <param name="destination">Receives the map; uint8, of the restored volume's shape.</param>
    /// <exception cref="ArgumentException">The destination is of another shape or type.</exception>
    public static void Write(
        FloatVolume restored, ErrorModel model, ReadOnlySpan<int> missing, Factors factors, VolumeBuffer destination, int threads = 1,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(destination);
        RequireMap(destination, restored.Shape);

        byte[] lookup = Lookup(model);
        float first = (float)model.Scores[0];
        double width = model.Scores[^1] - model.Scores[0];
        float perScore = width > 0 ? (float)((LookupSteps - 1) / width) : 0;
        var isMissing = new bool[restored.Shape.Z];
        foreach (int z in missing) isMissing.AsSpan(z * factors.Z, factors.Z).Fill(true);

        int pieces = Math.Min(Math.Max(threads, 1), restored.Shape.Z);
        Workers.Run(pieces, threads, piece =>
        {
            var steep = new float[restored.Shape.PlaneVoxels];
            int end = Workers.Start(piece + 1, pieces, restored.Shape.Z);
            for (int z = Workers.Start(piece, pieces, restored.Shape.Z); z < end; z++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (isMissing[z])
                {
                    destination.Plane(z).Clear(); // unknown
                    continue;
                }
                Gradient.Plane(restored, z, steep);
                WritePlane(model, restored.Plane(z), steep, first, perScore, lookup, destination.Plane(z));
            }
        }, cancellation);
    }

    /// <summary>Writes doubt in the steps of <see cref="ErrorScale"/>.</summary>
    /// <param name="doubt">In units of <see cref="DoubtScale.Largest"/>.</param>
    /// <param name="missing">Planes of the acquired volume that never arrived; what was made of them is unknown.</param>
    /// <param name="destination">Receives the map; uint8, of the same shape.</param>
    /// <exception cref="ArgumentException">The destination is of another shape or type.</exception>
    public static void Write(FloatVolume doubt, ReadOnlySpan<int> missing, int acquiredPlanes, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(doubt);
        ArgumentNullException.ThrowIfNull(destination);
        RequireMap(destination, doubt.Shape);
        for (int z = 0; z < doubt.Shape.Z; z++)
        {
            Span<byte> map = destination.Plane(z);
            if (missing.Contains((int)((long)z * acquiredPlanes / doubt.Shape.Z)))
            {
                map.Clear(); // unknown
                continue;
            }

            ReadOnlySpan<float> plane = doubt.Plane(z);
            for (int i = 0; i < map.Length; i++) map[i] = ErrorScale.Encode(plane[i]);
        }
    }

    private static void RequireMap(VolumeBuffer destination, VolumeShape shape)
    {
        if (destination.Shape != shape || destination.PixelType != PixelType.UInt8)
            throw new ArgumentException($"The map is {destination.Shape} {destination.PixelType.Name()}; {shape} {PixelType.UInt8.Name()} is needed.", nameof(destination));
    }

    private static void WritePlane(
        ErrorModel model, ReadOnlySpan<float> brightness, ReadOnlySpan<float> gradient, float first, float perScore, byte[] lookup, Span<byte> map)
    {
        float weightB = (float)model.BrightnessWeight, weightG = (float)model.GradientWeight;
        float offsetB = (float)model.BrightnessOffset, offsetG = (float)model.GradientOffset;
        int lanes = Vector<float>.Count, i = 0;
        Span<int> steps = stackalloc int[lanes];
        // Logarithms of vectors and of single numbers differ in the last bit, which moves a voxel by a step at most.
        for (; i <= map.Length - lanes; i += lanes)
        {
            Vector<float> b = Vector.Max(new Vector<float>(brightness[i..]), Vector<float>.Zero) + new Vector<float>(offsetB);
            Vector<float> g = new Vector<float>(gradient[i..]) + new Vector<float>(offsetG);
            Vector<float> scores = weightB * Vector.Log(b) + weightG * Vector.Log(g);
            Vector<float> at = (scores - new Vector<float>(first)) * perScore + new Vector<float>(0.5f);
            Vector.ConvertToInt32(Vector.Min(Vector.Max(at, Vector<float>.Zero), new Vector<float>(LookupSteps - 1))).CopyTo(steps);
            for (int lane = 0; lane < lanes; lane++) map[i + lane] = lookup[steps[lane]];
        }
        for (; i < map.Length; i++)
        {
            float score = weightB * MathF.Log(MathF.Max(brightness[i], 0) + offsetB) + weightG * MathF.Log(gradient[i] + offsetG);
            map[i] = lookup[(int)Math.Clamp((score - first) * perScore + 0.5f, 0, LookupSteps - 1)];
        }
    }

    private static byte[] Lookup(ErrorModel model)
    {
        var lookup = new byte[LookupSteps];
        double width = model.Scores[^1] - model.Scores[0];
        for (int i = 0; i < lookup.Length; i++)
            lookup[i] = ErrorScale.Encode(model.Predict(model.Scores[0] + width * i / (LookupSteps - 1)));
        return lookup;
    }
}
