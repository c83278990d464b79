using Acquisition.Core;

namespace Acquisition.Tests.Support;

/// <summary>Plans and frames with every field set, as a careful microscope sends them.</summary>
internal static class TransportPlans
{
    public static readonly Guid ScanId = Guid.Parse("6f2b1a54-0c1e-4d6b-9f35-0123456789ab");

    public static ScanPlan Full { get; } = new()
    {
        ScanId = ScanId,
        Stream = "cam-1",
        TimePoints = 3,
        Shape = new VolumeShape(5, 48, 64),
        PixelType = PixelType.UInt16,
        VoxelSize = new VoxelSize { ZUm = 2.5, YUm = 0.5, XUm = 0.25 },
        Undersampling = new Factors(4, 2, 1),
        Mode = "light-sheet",
        Channels = ["GFP", "µ <b>"],
        Interval = TimeSpan.FromSeconds(1.5),
        Exposure = TimeSpan.FromMilliseconds(12.5),
        BitDepth = 12,
        Objective = "20×/1.0",
        PsfFwhm = new VoxelSize { ZUm = 3, YUm = 0.75, XUm = 0.625 },
        UserJson = """{"operator":"\u00C5sa","gain":[1,2.5,true,null],"stage":{"x":-7}}""",
        AnnouncedUnixNs = 1_800_000_000_123_456_789,
    };

    public static FrameHeader Frame(ulong sequence, FrameIndex index) => new(
        ScanId, sequence, index, Full.Shape.Y, Full.Shape.X, Full.PixelType, 900 + (long)sequence, 77_000_000_000, 1_800_000_001_000_000_000);

    /// <summary>Pixels that differ from frame to frame.</summary>
    public static byte[] Pixels(int seed)
    {
        byte[] pixels = new byte[Full.PlaneBytes];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
