using System.Collections.Immutable;
using Acquisition.Core;
using MessagePack;

namespace Acquisition.Transport.Wire;

internal static partial class HeaderDecoder
{
    private const int RequiredStartKeys = 9;
    private static readonly string[] StartKeys =
    [
        "scan", "seq", "t_ns", "shape", "dtype", "voxel_um", "undersampling", "mode", "channels",
        "dt_s", "exposure_ms", "bit_depth", "objective", "psf_um", "user", "repeat",
    ];

    private static readonly string[] ShapeAxes = ["t", "c", "z", "y", "x"];

    /// <exception cref="RefusedException">A key is missing or not accepted, or the scan is larger than the program can hold.</exception>
    public static ScanPlan Start(ReadOnlyMemory<byte> header, string stream, long maxPlaneBytes, out ulong sequence, out bool repeat)
    {
        var reader = new MessagePackReader(header);
        var keys = new HeaderKeys(StartKeys, RequiredStartKeys, "");
        Span<int> tczyx = stackalloc int[5];
        var plan = new ScanPlan
        {
            ScanId = default,
            Stream = stream,
            TimePoints = null,
            Shape = default,
            PixelType = default,
            VoxelSize = new VoxelSize { ZUm = 1, YUm = 1, XUm = 1 },
            Undersampling = Factors.One,
            Mode = "",
            Channels = [],
        };
        sequence = 0;
        repeat = false;
        for (int left = reader.ReadMapHeader(); left > 0; left--)
        {
            int key = keys.Next(ref reader);
            if (key < 0 || (key >= RequiredStartKeys && reader.TryReadNil())) continue; // an optional key may also be nil
            switch (StartKeys[key])
            {
                case "scan":
                    plan = plan with { ScanId = HeaderValues.ScanId(ref reader) };
                    break;
                case "seq":
                    sequence = HeaderValues.Unsigned(ref reader, "seq");
                    break;
                case "t_ns":
                    plan = plan with { AnnouncedUnixNs = HeaderValues.Integer(ref reader, "t_ns") };
                    break;
                case "shape":
                    ReadShape(ref reader, tczyx);
                    plan = plan with
                    {
                        TimePoints = tczyx[0] == 0 ? null : tczyx[0],
                        Shape = new VolumeShape(tczyx[2], tczyx[3], tczyx[4]),
                    };
                    break;
                case "dtype":
                    plan = plan with { PixelType = HeaderValues.Dtype(ref reader) };
                    break;
                case "voxel_um":
                    plan = plan with { VoxelSize = HeaderValues.Microns(ref reader, "voxel_um") };
                    break;
                case "undersampling":
                    plan = plan with { Undersampling = HeaderValues.Undersampling(ref reader) };
                    break;
                case "mode":
                    plan = plan with { Mode = WireFormat.Modes[HeaderValues.Word(ref reader, "mode", WireFormat.Modes)] };
                    break;
                case "channels":
                    plan = plan with { Channels = ReadChannels(ref reader) };
                    break;
                case "dt_s":
                    plan = plan with { Interval = TimeSpan.FromSeconds(HeaderValues.Number(ref reader, "dt_s", positive: false)) };
                    break;
                case "exposure_ms":
                    plan = plan with { Exposure = TimeSpan.FromMilliseconds(HeaderValues.Number(ref reader, "exposure_ms", positive: false)) };
                    break;
                case "bit_depth":
                    plan = plan with { BitDepth = (int)HeaderValues.Integer(ref reader, "bit_depth", 1, 32) };
                    break;
                case "objective":
                    plan = plan with { Objective = HeaderValues.Text(ref reader, "objective") };
                    break;
                case "psf_um":
                    plan = plan with { PsfFwhm = HeaderValues.Microns(ref reader, "psf_um") };
                    break;
                case "user":
                    plan = plan with { UserJson = UserMap.ReadJson(ref reader) };
                    break;
                case "repeat":
                    repeat = HeaderValues.Boolean(ref reader, "repeat");
                    break;
            }
        }

        keys.RequireAll();
        if (plan.Channels.Length != tczyx[1])
            throw HeaderValues.Bad("channels", $"{plan.Channels.Length} names", $"{tczyx[1]}, the extent of c");
        CheckPlaneBytes(plan, maxPlaneBytes);
        return plan;
    }

    /// <summary>A plane must fit in one message as scanned and in one span as restored.</summary>
    private static void CheckPlaneBytes(ScanPlan plan, long maxPlaneBytes)
    {
        long scanned = (long)plan.Shape.Y * plan.Shape.X * plan.PixelType.Bytes();
        if (scanned > maxPlaneBytes)
        {
            throw new RefusedException(
                RefusalReason.PayloadTooLarge, $"the planned frames have {scanned} bytes; accepted are up to {maxPlaneBytes}");
        }

        long restored = scanned * plan.Undersampling.Y * plan.Undersampling.X;
        if (restored > SourceOptions.LargestMessageBytes)
        {
            throw HeaderValues.Bad(
                "shape times undersampling", $"{restored} bytes a plane", $"up to {SourceOptions.LargestMessageBytes}");
        }
    }

    private static void ReadShape(ref MessagePackReader reader, scoped Span<int> tczyx)
    {
        var keys = new HeaderKeys(ShapeAxes, 5, "shape.");
        for (int left = HeaderValues.Map(ref reader, "shape"); left > 0; left--)
        {
            int axis = keys.Next(ref reader);
            if (axis < 0) continue;
            (int min, int max) = axis switch
            {
                0 => (0, int.MaxValue), // 0: open-ended
                1 => (1, WireFormat.MaxChannels),
                _ => (1, ScanPlan.MaxExtent),
            };
            tczyx[axis] = (int)HeaderValues.Integer(ref reader, $"shape.{ShapeAxes[axis]}", min, max);
        }

        keys.RequireAll();
    }

    private static ImmutableArray<string> ReadChannels(ref MessagePackReader reader)
    {
        int count = HeaderValues.Array(ref reader, "channels");
        if (count is 0 or > WireFormat.MaxChannels)
            throw HeaderValues.Bad("channels", $"{count} names", $"1 to {WireFormat.MaxChannels}");
        var names = ImmutableArray.CreateBuilder<string>(count);
        for (int i = 0; i < count; i++) names.Add(HeaderValues.Text(ref reader, $"channels[{i}]"));
        return names.MoveToImmutable();
    }
}
