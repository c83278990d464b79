using Acquisition.Core;
using MessagePack;
using static Acquisition.Transport.Wire.HeaderFields;

namespace Acquisition.Transport.Wire;

/// <summary>Writes the headers that a source sends: the mirror of <see cref="HeaderDecoder"/>.</summary>
internal static class SourceEncoder
{
    /// <exception cref="ArgumentException">The plan's user map is not a JSON object, or too deep.</exception>
    public static void Start(ref MessagePackWriter writer, ScanPlan plan, ulong sequence, bool repeat)
    {
        int optional = Count(plan.Interval) + Count(plan.Exposure) + Count(plan.BitDepth) + Count(plan.Objective) + Count(plan.PsfFwhm);
        Preamble(ref writer, MessageKind.Start, plan.ScanId, sequence, plan.AnnouncedUnixNs, more: 8 + optional);
        writer.Write("shape");
        writer.WriteMapHeader(5);
        Field(ref writer, "t", plan.TimePoints ?? 0);
        Field(ref writer, "c", plan.Channels.Length);
        Field(ref writer, "z", plan.Shape.Z);
        Field(ref writer, "y", plan.Shape.Y);
        Field(ref writer, "x", plan.Shape.X);
        Field(ref writer, "dtype", plan.PixelType.Name());
        Field(ref writer, "voxel_um", plan.VoxelSize);
        writer.Write("undersampling");
        writer.WriteMapHeader(3);
        Field(ref writer, "z", plan.Undersampling.Z);
        Field(ref writer, "y", plan.Undersampling.Y);
        Field(ref writer, "x", plan.Undersampling.X);
        Field(ref writer, "mode", plan.Mode);
        writer.Write("channels");
        writer.WriteArrayHeader(plan.Channels.Length);
        foreach (string name in plan.Channels) writer.Write(name);
        if (plan.Interval is { } interval) Field(ref writer, "dt_s", interval.TotalSeconds);
        if (plan.Exposure is { } exposure) Field(ref writer, "exposure_ms", exposure.TotalMilliseconds);
        if (plan.BitDepth is { } bits) Field(ref writer, "bit_depth", bits);
        if (plan.Objective is { } objective) Field(ref writer, "objective", objective);
        if (plan.PsfFwhm is { } psf) Field(ref writer, "psf_um", psf);
        writer.Write("user");
        UserMap.Write(ref writer, plan.UserJson);
        Field(ref writer, "repeat", repeat);
    }

    public static void Frame(ref MessagePackWriter writer, in FrameHeader frame, long bytes)
    {
        Preamble(ref writer, MessageKind.Frame, frame.ScanId, frame.Sequence, frame.SentUnixNs, more: 6);
        writer.Write("index");
        writer.WriteMapHeader(3);
        Field(ref writer, "t", frame.Index.T);
        Field(ref writer, "c", frame.Index.C);
        Field(ref writer, "z", frame.Index.Z);
        List(ref writer, "shape", frame.Height, frame.Width);
        Field(ref writer, "dtype", frame.PixelType.Name());
        Field(ref writer, "nbytes", bytes);
        Field(ref writer, "frame_no", frame.CameraFrame);
        Field(ref writer, "stamp_ns", frame.CameraStampNs);
    }

    public static void End(ref MessagePackWriter writer, ScanEnd end, long unixNs)
    {
        Preamble(ref writer, MessageKind.End, end.ScanId, end.Sequence, unixNs, more: 3);
        Field(ref writer, "frames", end.FramesSent);
        Field(ref writer, "status", end.Status);
        Field(ref writer, "reason", end.Reason);
    }

    private static int Count(object? value) => value is null ? 0 : 1;
}
