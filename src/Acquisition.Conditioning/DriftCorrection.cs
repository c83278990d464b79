using Acquisition.Core;
using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Measures how far volumes of one channel lie off the first one, and moves them back where asked to.</summary>
/// <remarks>In y and x by phase correlation of maximum projections along z, good to about a quarter of a pixel; in z by correlating
/// planes, good to about a tenth of one. A specimen that changes more than it moves is not found again: then nothing is said and
/// nothing moved.</remarks>
internal sealed class DriftCorrection(VolumeShape shape, VoxelSize voxel, bool corrects)
{
    /// <summary>Share of the correlation at its peak below which two projections have nothing in common. Unrelated specimens
    /// reach it rarely, and the same one in the noise of ten photoelectrons passes it.</summary>
    private const double LeastResponse = 0.3;

    /// <summary>With fewer planes, a shift in z cannot be told.</summary>
    private const int FewestPlanes = 8;

    private const int MaxRounds = 4;

    private readonly float[] _moved = new float[shape.PlaneVoxels];
    private VolumeIndex _against;
    private float[]? _first;
    private float[]? _firstShrunk;

    /// <param name="missing">Planes that never came; a volume that lacks some is neither measured nor moved in z.</param>
    public Drift Correct(VolumeIndex index, VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        float[] projection = Project(volume, missing);
        float[]? shrunk = missing.IsEmpty && shape.Z >= FewestPlanes ? PlaneShift.Shrink(volume) : null;
        if (_first is null)
        {
            (_against, _first, _firstShrunk) = (index, projection, shrunk);
            return Found(new(shrunk is null ? null : 0, 0, 0), new(0, 0, 0));
        }

        (double? y, double? x) = Shift(_first, projection);
        double? z = shrunk is not null && _firstShrunk is not null && y is { } down && x is { } across
            ? PlaneShift.Find(_firstShrunk, shrunk, shape, down, across)
            : null;
        Displacement back = corrects ? new(Math.Round(z ?? 0), y ?? 0, x ?? 0) : new(0, 0, 0);
        if (back.Y != 0 || back.X != 0) MoveAcross(volume, missing, -back.Y!.Value, -back.X!.Value);
        if (back.Z != 0) MoveAlong(volume, (int)back.Z!.Value);
        return Found(new(z, y, x), back);
    }

    private Drift Found(Displacement px, Displacement corrected) => new()
    {
        Against = _against,
        Px = px,
        Um = new(px.Z * voxel.ZUm, px.Y * voxel.YUm, px.X * voxel.XUm),
        CorrectedPx = corrected,
    };

    /// <summary>Compares what two projections have in common once the second is laid over the first, and lays it anew, until it stays.</summary>
    private (double? Rows, double? Columns) Shift(float[] first, float[] second)
    {
        (int down, int across) = (0, 0);
        for (int round = 0; round < MaxRounds; round++)
        {
            int height = shape.Y - Math.Abs(down), width = shape.X - Math.Abs(across);
            float[] one = Faded(first, Math.Max(-down, 0), Math.Max(-across, 0), height, width);
            float[] two = Faded(second, Math.Max(down, 0), Math.Max(across, 0), height, width);
            Point2d rest = OpenCv.PhaseCorrelate(one, two, height, width, out double response);
            if (!(response >= LeastResponse && double.IsFinite(rest.X + rest.Y))) break;
            (double y, double x) = (down + rest.Y, across + rest.X);
            (int nearestY, int nearestX) = ((int)Math.Round(y), (int)Math.Round(x));
            if (Math.Abs(nearestY) > shape.Y / 2 || Math.Abs(nearestX) > shape.X / 2) break;
            if ((nearestY == down && nearestX == across) || round == MaxRounds - 1) return (y, x);
            (down, across) = (nearestY, nearestX);
        }

        return (null, null);
    }

    private float[] Project(VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        var projection = new float[shape.PlaneVoxels];
        Array.Fill(projection, float.NegativeInfinity);
        for (int z = 0; z < shape.Z; z++)
        {
            if (missing.Contains(z)) continue;
            ReadOnlySpan<float> plane = volume.Plane<float>(z);
            for (int i = 0; i < projection.Length; i++) projection[i] = Math.Max(projection[i], plane[i]);
        }

        if (missing.Length == shape.Z) Array.Clear(projection);
        return projection;
    }

    /// <summary>Part of a projection, around a mean of 0 and fading towards its borders.</summary>
    private float[] Faded(float[] projection, int top, int left, int height, int width)
    {
        var part = new float[height * width];
        for (int y = 0; y < height; y++) projection.AsSpan((top + y) * shape.X + left, width).CopyTo(part.AsSpan(y * width));
        float mean = Window.Mean(part);
        float[] down = Window.Hann(height), across = Window.Hann(width);
        for (int i = 0; i < part.Length; i++) part[i] = (part[i] - mean) * down[i / width] * across[i % width];
        return part;
    }

    private unsafe void MoveAcross(VolumeBuffer volume, ReadOnlySpan<int> missing, double dy, double dx)
    {
        for (int z = 0; z < shape.Z; z++)
        {
            if (missing.Contains(z)) continue;
            Span<float> plane = volume.Plane<float>(z);
            fixed (float* pixels = plane, moved = _moved) OpenCv.Move(pixels, shape.Y, shape.X, shape.X, dy, dx, moved);
            _moved.CopyTo(plane);
        }
    }

    /// <summary>Plane z becomes what plane z + <paramref name="planes"/> was; beyond the ends, planes repeat.</summary>
    private void MoveAlong(VolumeBuffer volume, int planes)
    {
        for (int step = 0; step < shape.Z; step++)
        {
            int z = planes > 0 ? step : shape.Z - 1 - step; // never overwrites what is still to be read
            int from = Math.Clamp(z + planes, 0, shape.Z - 1);
            if (from != z) volume.Plane(from).CopyTo(volume.Plane(z));
        }
    }
}
