using Acquisition.Core;
using Acquisition.Transport;

namespace Acquisition.Benchmarks.Fuzzing;

/// <summary>Good messages of every kind, from which bad ones are made.</summary>
internal static class FuzzSeeds
{
    private static readonly Guid ScanId = Guid.Parse("6f2b1a54-0c1e-4d6b-9f35-0123456789ab");

    public static IReadOnlyList<WireMessage> All { get; } =
    [
        WireMessage.Start(Small, 0, repeat: false),
        WireMessage.Start(Full, 7, repeat: true),
        WireMessage.Start(Full with { TimePoints = null, PixelType = PixelType.Float32, UserJson = """{"deep":{"er":[1,2,3]},"text":"µ","no":null,"yes":true}""" }, ulong.MaxValue, repeat: false),
        Frame(PixelType.UInt8, 4, 4),
        Frame(PixelType.UInt16, 8, 2),
        Frame(PixelType.Float32, 1, 1),
        Frame(PixelType.UInt16, 64, 64),
        WireMessage.End("cam", new ScanEnd(ScanId, 9, 12, "completed", "")),
        WireMessage.End("cam-1", new ScanEnd(ScanId, ulong.MaxValue, long.MaxValue, "failed", "the laser went out")),
    ];

    private static ScanPlan Small => new()
    {
        ScanId = ScanId,
        Stream = "cam",
        TimePoints = 2,
        Shape = new VolumeShape(2, 4, 4),
        PixelType = PixelType.UInt16,
        VoxelSize = new VoxelSize { ZUm = 1, YUm = 0.5, XUm = 0.5 },
        Undersampling = Factors.One,
        Mode = "other",
        Channels = ["a"],
    };

    private static ScanPlan Full => Small with
    {
        Stream = "cam-1",
        Undersampling = new Factors(4, 2, 1),
        Mode = "two-photon",
        Channels = ["GFP", "µ <b>"],
        Interval = TimeSpan.FromSeconds(1.5),
        Exposure = TimeSpan.FromMilliseconds(12.5),
        BitDepth = 12,
        Objective = "20×/1.0",
        PsfFwhm = new VoxelSize { ZUm = 3, YUm = 0.75, XUm = 0.625 },
        UserJson = """{"operator":"Å","gain":[1,2.5,true,null],"stage":{"x":-7}}""",
        AnnouncedUnixNs = 1_800_000_000_123_456_789,
    };

    private static WireMessage Frame(PixelType type, int height, int width) => WireMessage.Frame(
        "cam", new FrameHeader(ScanId, 3, new FrameIndex(0, 0, 1), height, width, type, 4, 5, 6), new byte[height * width * type.Bytes()]);
}
