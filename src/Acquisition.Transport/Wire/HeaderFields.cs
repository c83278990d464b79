using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

/// <summary>Writes pairs of a header's maps. Does not allocate.</summary>
internal static class HeaderFields
{
    /// <summary>Opens the header's map with the five keys that every message has.</summary>
    /// <param name="more">Pairs that the caller writes next.</param>
    public static void Preamble(
        ref MessagePackWriter writer, MessageKind kind, Guid scanId, ulong sequence, long unixNs, int more)
    {
        const int GuidLength = 36;
        writer.WriteMapHeader(5 + more);
        Field(ref writer, "v", WireFormat.Version);
        Field(ref writer, "kind", Topic.Name(kind));
        writer.Write("scan");
        writer.WriteStringHeader(GuidLength);
        scanId.TryFormat(writer.GetSpan(GuidLength)[..GuidLength], out _);
        writer.Advance(GuidLength);
        writer.Write("seq");
        writer.Write(sequence);
        Field(ref writer, "t_ns", unixNs);
    }

    public static void Field(ref MessagePackWriter writer, string key, long value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    /// <summary>Writes nil for a number that is not known.</summary>
    public static void Field(ref MessagePackWriter writer, string key, long? value)
    {
        writer.Write(key);
        if (value is { } known) writer.Write(known);
        else writer.WriteNil();
    }

    public static void Field(ref MessagePackWriter writer, string key, double value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    /// <summary>Writes nil for a number that is not known.</summary>
    public static void Field(ref MessagePackWriter writer, string key, double? value)
    {
        writer.Write(key);
        if (value is { } known) writer.Write(known);
        else writer.WriteNil();
    }

    public static void Field(ref MessagePackWriter writer, string key, bool value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    /// <summary>Writes nil for absent text.</summary>
    public static void Field(ref MessagePackWriter writer, string key, string? value)
    {
        writer.Write(key);
        writer.Write(value);
    }

    /// <summary>A length on each axis; µm.</summary>
    public static void Field(ref MessagePackWriter writer, string key, VoxelSize value)
    {
        writer.Write(key);
        writer.WriteMapHeader(3);
        Field(ref writer, "z", value.ZUm);
        Field(ref writer, "y", value.YUm);
        Field(ref writer, "x", value.XUm);
    }

    /// <summary>A distance along each axis; nil where it is not known.</summary>
    public static void Field(ref MessagePackWriter writer, string key, Displacement value)
    {
        writer.Write(key);
        writer.WriteMapHeader(3);
        Field(ref writer, "z", value.Z);
        Field(ref writer, "y", value.Y);
        Field(ref writer, "x", value.X);
    }

    /// <summary>Writes nil for no volume.</summary>
    public static void Field(ref MessagePackWriter writer, string key, VolumeIndex? value)
    {
        writer.Write(key);
        if (value is not { } index)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(2);
        Field(ref writer, "t", index.T);
        Field(ref writer, "c", index.C);
    }

    /// <summary>An array of integers, slow to fast.</summary>
    public static void List(ref MessagePackWriter writer, string key, params ReadOnlySpan<int> values)
    {
        writer.Write(key);
        writer.WriteArrayHeader(values.Length);
        foreach (int value in values) writer.Write(value);
    }

    /// <summary>Whole numbers go as such.</summary>
    public static void Numbers(ref MessagePackWriter writer, string key, params ReadOnlySpan<double> values)
    {
        writer.Write(key);
        writer.WriteArrayHeader(values.Length);
        foreach (double value in values)
        {
            if (value == (int)value) writer.Write((int)value);
            else writer.Write(value);
        }
    }
}
