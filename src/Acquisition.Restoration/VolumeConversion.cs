using System.Runtime.Intrinsics;
using Acquisition.Core;

namespace Acquisition.Restoration;

/// <summary>Between the camera's samples and scaled float32.</summary>
public static class VolumeConversion
{
    /// <summary>Scales a volume and fills what is missing.</summary>
    /// <param name="missing">Planes that never arrived, any order: interpolated linearly in z between the nearest that did,
    /// copied beyond the first and the last of them; zero when none arrived.</param>
    /// <param name="scale">A degenerate scale only shifts.</param>
    /// <param name="destination">Receives (sample − low) / (high − low), same shape.</param>
    /// <returns>Samples that were not finite and became 0.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static long Load(
        VolumeBuffer raw, ReadOnlySpan<int> missing, IntensityScale scale, FloatVolume destination)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(destination);
        RequireSameShape(raw.Shape, destination.Shape);

        Span<float> scratch = missing.IsEmpty ? [] : new float[raw.Shape.PlaneVoxels];
        long notFinite = 0;
        for (int z = 0; z < raw.Shape.Z; z++) notFinite += LoadPlane(raw, missing, scale, z, destination.Plane(z), scratch);
        return notFinite;
    }

    /// <summary>Scales one plane, or fills it when it is missing, as <see cref="Load"/> does.</summary>
    /// <param name="destination">Receives the plane, (y, x).</param>
    /// <param name="scratch">As long as the plane; not needed when nothing is missing.</param>
    /// <returns>Samples that were not finite and became 0; those of other planes do not count.</returns>
    /// <exception cref="ArgumentException">A span is shorter than the plane.</exception>
    public static long LoadPlane(
        VolumeBuffer raw, ReadOnlySpan<int> missing, IntensityScale scale, int z, Span<float> destination, Span<float> scratch)
    {
        ArgumentNullException.ThrowIfNull(raw);
        if (!missing.Contains(z)) return LoadPresent(raw, scale, z, destination);
        int below = z, above = z;
        while (below >= 0 && missing.Contains(below)) below--;
        while (above < raw.Shape.Z && missing.Contains(above)) above++;
        if (below < 0 && above == raw.Shape.Z)
        {
            destination.Clear();
            return 0;
        }
        if (below < 0) below = above;
        if (above == raw.Shape.Z) above = below;
        LoadPresent(raw, scale, below, destination);
        if (above == below) return 0;
        LoadPresent(raw, scale, above, scratch);
        float share = (float)(z - below) / (above - below);
        for (int i = 0; i < destination.Length; i++) destination[i] += share * (scratch[i] - destination[i]);
        return 0;
    }

    /// <summary>Converts back to camera units: source · (high − low) + low, rounded to nearest and saturated for integers.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Store(FloatVolume source, IntensityScale scale, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireSameShape(source.Shape, destination.Shape);

        for (int z = 0; z < source.Shape.Z; z++) StorePlane(source.Plane(z), scale, destination, z);
    }

    /// <summary>Converts one plane, (y, x), as <see cref="Store"/> does.</summary>
    /// <exception cref="ArgumentException">The plane does not have the destination's extent.</exception>
    public static void StorePlane(ReadOnlySpan<float> source, IntensityScale scale, VolumeBuffer destination, int z)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (source.Length != destination.Shape.PlaneVoxels)
            throw new ArgumentException($"The plane has {source.Length} samples; one of a {destination.Shape} volume has {destination.Shape.PlaneVoxels}.", nameof(source));
        float low = (float)scale.Low, gain = (float)scale.Width;
        switch (destination.PixelType)
        {
            case PixelType.UInt8:
                Span<byte> bytes = destination.Plane(z);
                for (int i = 0; i < source.Length; i++)
                    bytes[i] = (byte)Math.Clamp(MathF.Round(source[i] * gain + low), 0, byte.MaxValue);
                break;
            case PixelType.UInt16:
                StoreWords(source, low, gain, destination.Plane<ushort>(z));
                break;
            default:
                Span<float> floats = destination.Plane<float>(z);
                for (int i = 0; i < source.Length; i++) floats[i] = source[i] * gain + low;
                break;
        }
    }

    private static void StoreWords(ReadOnlySpan<float> source, float low, float gain, Span<ushort> words)
    {
        Vector256<float> highest = Vector256.Create((float)ushort.MaxValue);
        int i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
            Vector256.Narrow(Words(source[i..]), Words(source[(i + Vector256<float>.Count)..])).CopyTo(words[i..]);
        for (; i < source.Length; i++)
            words[i] = (ushort)Math.Clamp(MathF.Round(source[i] * gain + low), 0, ushort.MaxValue);

        Vector256<uint> Words(ReadOnlySpan<float> samples) => Vector256.ConvertToInt32(Vector256.Min(
            Vector256.Max(Vector256.Round(Vector256.Create(samples) * gain + Vector256.Create(low)), Vector256<float>.Zero), highest)).AsUInt32();
    }

    private static long LoadPresent(VolumeBuffer raw, IntensityScale scale, int z, Span<float> to)
    {
        float low = (float)scale.Low, gain = (float)(1 / scale.Width);
        switch (raw.PixelType)
        {
            case PixelType.UInt8:
                Span<byte> bytes = raw.Plane(z);
                for (int i = 0; i < to.Length; i++) to[i] = (bytes[i] - low) * gain;
                return 0;
            case PixelType.UInt16:
                Span<ushort> words = raw.Plane<ushort>(z);
                for (int i = 0; i < to.Length; i++) to[i] = (words[i] - low) * gain;
                return 0;
            default:
                return LoadFloats(raw.Plane<float>(z), low, gain, to);
        }
    }

    private static long LoadFloats(Span<float> from, float low, float gain, Span<float> to)
    {
        long notFinite = 0;
        for (int i = 0; i < to.Length; i++)
        {
            if (float.IsFinite(from[i]))
            {
                to[i] = (from[i] - low) * gain;
            }
            else
            {
                to[i] = 0;
                notFinite++;
            }
        }
        return notFinite;
    }

    private static void RequireSameShape(VolumeShape source, VolumeShape destination)
    {
        if (source != destination)
            throw new ArgumentException($"The destination is {destination}, the source {source}; both must have one shape.");
    }
}
