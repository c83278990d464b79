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

        float low = (float)scale.Low, gain = (float)(1 / scale.Width);
        long notFinite = 0;
        for (int z = 0; z < raw.Shape.Z; z++)
        {
            if (missing.Contains(z)) continue;
            Span<float> to = destination.Plane(z);
            switch (raw.PixelType)
            {
                case PixelType.UInt8:
                    Span<byte> bytes = raw.Plane(z);
                    for (int i = 0; i < to.Length; i++) to[i] = (bytes[i] - low) * gain;
                    break;
                case PixelType.UInt16:
                    Span<ushort> words = raw.Plane<ushort>(z);
                    for (int i = 0; i < to.Length; i++) to[i] = (words[i] - low) * gain;
                    break;
                default:
                    notFinite += LoadFloats(raw.Plane<float>(z), low, gain, to);
                    break;
            }
        }
        FillMissing(missing, destination);
        return notFinite;
    }

    /// <summary>Converts back to camera units: source · (high − low) + low, rounded to nearest and saturated for integers.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void Store(FloatVolume source, IntensityScale scale, VolumeBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        RequireSameShape(source.Shape, destination.Shape);

        float low = (float)scale.Low, gain = (float)scale.Width;
        for (int z = 0; z < source.Shape.Z; z++)
        {
            Span<float> from = source.Plane(z);
            switch (destination.PixelType)
            {
                case PixelType.UInt8:
                    Span<byte> bytes = destination.Plane(z);
                    for (int i = 0; i < from.Length; i++)
                        bytes[i] = (byte)Math.Clamp(MathF.Round(from[i] * gain + low), 0, byte.MaxValue);
                    break;
                case PixelType.UInt16:
                    Span<ushort> words = destination.Plane<ushort>(z);
                    for (int i = 0; i < from.Length; i++)
                        words[i] = (ushort)Math.Clamp(MathF.Round(from[i] * gain + low), 0, ushort.MaxValue);
                    break;
                default:
                    Span<float> floats = destination.Plane<float>(z);
                    for (int i = 0; i < from.Length; i++) floats[i] = from[i] * gain + low;
                    break;
            }
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

    private static void FillMissing(ReadOnlySpan<int> missing, FloatVolume volume)
    {
        foreach (int z in missing)
        {
            int below = z, above = z;
            while (below >= 0 && missing.Contains(below)) below--;
            while (above < volume.Shape.Z && missing.Contains(above)) above++;
            Span<float> plane = volume.Plane(z);
            if (below < 0 && above == volume.Shape.Z)
            {
                plane.Clear();
                continue;
            }
            if (below < 0) below = above;
            if (above == volume.Shape.Z) above = below;
            float share = above == below ? 0 : (float)(z - below) / (above - below);
            Span<float> first = volume.Plane(below), second = volume.Plane(above);
            for (int i = 0; i < plane.Length; i++) plane[i] = first[i] + share * (second[i] - first[i]);
        }
    }

    private static void RequireSameShape(VolumeShape source, VolumeShape destination)
    {
        if (source != destination)
            throw new ArgumentException($"The destination is {destination}, the source {source}; both must have one shape.");
    }
}
