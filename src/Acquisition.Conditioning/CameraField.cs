using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Acquisition.Core;

namespace Acquisition.Conditioning;

/// <summary>What each pixel of the camera adds and how well it sees: (sample − offset) / sensitivity.</summary>
internal sealed class CameraField
{
    private readonly float _offset;
    private readonly float[]? _dark;
    private readonly float[]? _gain;

    /// <param name="dark">In place of the offset; <see langword="null"/> for none.</param>
    /// <param name="flat">Positive; scaled to a mean of 1. <see langword="null"/> for none.</param>
    public CameraField(double offset, CalibrationImage? dark, CalibrationImage? flat)
    {
        _offset = (float)offset;
        _dark = dark?.Pixels.ToArray();
        if (flat is null) return;
        double sum = 0;
        foreach (float pixel in flat.Pixels.Span) sum += pixel;
        double mean = sum / flat.Pixels.Length;
        _gain = [.. MemoryMarshal.ToEnumerable(flat.Pixels).Select(pixel => (float)(mean / pixel))];
    }

    /// <summary>Identifies what is done to a sample.</summary>
    public string Settings => FormattableString.Invariant($"offset={_offset:R};dark={Hash(_dark)};gain={Hash(_gain)}");

    /// <summary>Corrects one plane.</summary>
    /// <param name="destination">Receives camera units above the offset, float32.</param>
    /// <returns>Samples that were not finite and became 0.</returns>
    public long Correct(VolumeBuffer raw, int z, Span<float> destination)
    {
        Load(raw, z, destination);
        long notFinite = 0;
        for (int i = 0; i < destination.Length; i++)
        {
            float value = (destination[i] - (_dark is null ? _offset : _dark[i])) * (_gain is null ? 1 : _gain[i]);
            bool isFinite = float.IsFinite(value);
            destination[i] = isFinite ? value : 0;
            if (!isFinite) notFinite++;
        }

        return notFinite;
    }

    private static void Load(VolumeBuffer raw, int z, Span<float> to)
    {
        switch (raw.PixelType)
        {
            case PixelType.UInt8:
                Span<byte> bytes = raw.Plane(z);
                for (int i = 0; i < to.Length; i++) to[i] = bytes[i];
                break;
            case PixelType.UInt16:
                Span<ushort> words = raw.Plane<ushort>(z);
                for (int i = 0; i < to.Length; i++) to[i] = words[i];
                break;
            default:
                raw.Plane<float>(z).CopyTo(to);
                break;
        }
    }

    private static string Hash(float[]? pixels) =>
        pixels is null ? "none" : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(pixels)));
}
