using Acquisition.Core;
using OpenCvSharp;

namespace Acquisition.Conditioning;

/// <summary>Measures how far volumes of one channel lie off the first one, and moves them back where asked to.</summary>
/// <remarks>Phase correlation of maximum projections along z, for y and x, and along y, for z; good to about a quarter of a
/// pixel. A specimen that changes more than it moves is not found again: then nothing is said and nothing moved.</remarks>
internal sealed class DriftCorrection(VolumeShape shape, VoxelSize voxel, bool corrects)
{
    /// <summary>Share of the correlation at its peak below which two projections have nothing in common. Unrelated specimens
    /// reach it rarely, and the same one in the noise of ten photoelectrons passes it.</summary>
    private const double LeastResponse = 0.3;

    /// <summary>With fewer planes, a shift in z cannot be told.</summary>
    private const int FewestPlanes = 8;

    private readonly float[] _moved = new float[shape.PlaneVoxels];
    private VolumeIndex _against;
    private float[]? _firstAlongZ;
    private float[]? _firstAlongY;

    /// <param name="missing">Planes that never came; a volume that lacks some is neither measured nor moved in z.</param>
    public Drift Correct(VolumeIndex index, VolumeBuffer volume, ReadOnlySpan<int> missing)
    {
        float[] alongZ = Fade(ProjectAlongZ(volume, missing), shape.Y);
        float[]? alongY = missing.IsEmpty && shape.Z >= FewestPlanes ? Fade(ProjectAlongY(volume), shape.Z) : null;
        if (_firstAlongZ is null)
        {
            (_against, _firstAlongZ, _firstAlongY) = (index, alongZ, alongY);
            return Found(new(alongY is null ? null : 0, 0, 0), default(Displacement) with { Z = 0, Y = 0, X = 0 });
        }

        (double? y, double? x) = Shift(_firstAlongZ, alongZ, shape.Y);
        double? z = alongY is null || _firstAlongY is null ? null : Shift(_firstAlongY, alongY, shape.Z).Rows;
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

    private (double? Rows, double? Columns) Shift(float[] first, float[] second, int rows)
    {
        Point2d shift = OpenCv.PhaseCorrelate(first, second, rows, shape.X, out double response);
        return response >= LeastResponse && double.IsFinite(shift.X + shift.Y) ? (shift.Y, shift.X) : (null, null);
    }

    private float[] ProjectAlongZ(VolumeBuffer volume, ReadOnlySpan<int> missing)
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

    private float[] ProjectAlongY(VolumeBuffer volume)
    {
        var projection = new float[shape.Z * shape.X];
        Array.Fill(projection, float.NegativeInfinity);
        for (int z = 0; z < shape.Z; z++)
        {
            ReadOnlySpan<float> plane = volume.Plane<float>(z);
            Span<float> row = projection.AsSpan(z * shape.X, shape.X);
            for (int i = 0; i < plane.Length; i++) row[i % shape.X] = Math.Max(row[i % shape.X], plane[i]);
        }

        return projection;
    }

    private float[] Fade(float[] projection, int rows)
    {
        float mean = Window.Mean(projection);
        float[] down = Window.Hann(rows), across = Window.Hann(shape.X);
        for (int i = 0; i < projection.Length; i++) projection[i] = (projection[i] - mean) * down[i / shape.X] * across[i % shape.X];
        return projection;
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
