using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class FromPythonTests
{
    // Speaks the protocol as its document says it, with every key; the pixels count up, so that the test can make them itself.
    private const string Microscope = """
        pattern, address, bind = sys.argv[1], sys.argv[2], sys.argv[3] == "bind"
        socket = context.socket(zmq.PUSH if pattern == "push" else zmq.XPUB)
        if bind:
            port = socket.bind_to_random_port("tcp://127.0.0.1")
            say(f"tcp://127.0.0.1:{port}")
        else:
            socket.connect(address)
            say(address)
        if pattern != "push":
            socket.recv()  # the subscription: nobody misses the first message
        scan = "6f2b1a54-0c1e-4d6b-9f35-0123456789ab"
        def send(stream, kind, header, *parts):
            header = dict(v=1, kind=kind, scan=scan, t_ns=1_800_000_000_000_000_001, **header)
            socket.send_multipart([f"acq.{stream}.{kind}".encode(), msgpack.packb(header), *parts])
        send("other-1", "start", dict(seq=0, shape=dict(t=0, c=1, z=1, y=1, x=1), dtype="uint8", voxel_um=dict(z=1, y=1, x=1),
             undersampling=dict(z=1, y=1, x=1), mode="other", channels=[""]))
        send("cam-1", "start", dict(seq=0, shape=dict(t=7, c=2, z=3, y=2, x=4), dtype="float32", voxel_um=dict(z=2.5, y=1, x=0.25),
             undersampling=dict(z=4, y=2, x=1), mode="two-photon", channels=["GFP", "Å"], dt_s=1.5, exposure_ms=12.5, bit_depth=16,
             objective="20x", psf_um=dict(z=3, y=0.5, x=0.5), user=dict(a=[1, 2.5, None, True], b=dict(c="x"), raw=b"\x00\xff", deep=[[7]]),
             repeat=True, unheard_of=[1, 2]))
        pixels = np.arange(8, dtype="<f4").reshape(2, 4)
        send("cam-1", "frame", dict(seq=2**64 - 1, index=dict(t=6, c=1, z=2), shape=[2, 4], dtype="float32", nbytes=pixels.nbytes,
             frame_no=-1, stamp_ns=2**62), pixels.tobytes())
        send("cam-1", "end", dict(seq=3, frames=1, status="aborted", reason="shutter"))
        sys.stdin.readline()
        """;

    [Theory]
    [InlineData("push", "bind")]
    [InlineData("push", "connect")]
    [InlineData("pub", "bind")]
    [InlineData("pub", "connect")]
    public void A_whole_scan_arrives_with_every_key_and_pixel(string pattern, string side)
    {
        using var microscope = TransportPython.Start(Microscope, pattern, TransportReceiver.FreeAddress(), side);
        var options = new SourceOptions
        {
            Address = microscope.Hear().GetString()!,
            Bind = side == "connect",
            Pattern = pattern == "push" ? SocketPattern.PushPull : SocketPattern.PubSub,
        };
        using var receiver = new TransportReceiver(options);

        var open = receiver.Next<TransportReceiver.Started>();
        Assert.Equal(("other-1", (int?)null), (open.Plan.Stream, open.Plan.TimePoints));

        var (plan, sequence, repeat) = receiver.Next<TransportReceiver.Started>();
        Assert.Equal((0UL, true), (sequence, repeat));
        Assert.Equal(TransportPlans.ScanId, plan.ScanId);
        Assert.Equal(("cam-1", 7, new VolumeShape(3, 2, 4)), (plan.Stream, plan.TimePoints, plan.Shape));
        Assert.Equal((PixelType.Float32, "two-photon"), (plan.PixelType, plan.Mode));
        Assert.Equal(new VoxelSize { ZUm = 2.5, YUm = 1, XUm = 0.25 }, plan.VoxelSize);
        Assert.Equal(new Factors(4, 2, 1), plan.Undersampling);
        Assert.Equal(["GFP", "Å"], plan.Channels);
        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromMilliseconds(12.5)), (plan.Interval, plan.Exposure));
        Assert.Equal((16, "20x"), (plan.BitDepth, plan.Objective));
        Assert.Equal(new VoxelSize { ZUm = 3, YUm = 0.5, XUm = 0.5 }, plan.PsfFwhm);
        Assert.Equal("""{"a":[1,2.5,null,true],"b":{"c":"x"},"raw":"AP8=","deep":[[7]]}""", plan.UserJson);
        Assert.Equal(1_800_000_000_000_000_001, plan.AnnouncedUnixNs);

        var (frame, pixels) = receiver.Next<TransportReceiver.Framed>();
        Assert.Equal(
            new FrameHeader(
                TransportPlans.ScanId, ulong.MaxValue, new FrameIndex(6, 1, 2), 2, 4, PixelType.Float32, -1, 1L << 62, 1_800_000_000_000_000_001),
            frame);
        Assert.Equal([.. Enumerable.Range(0, 8).SelectMany(i => BitConverter.GetBytes((float)i))], pixels);

        Assert.Equal(new ScanEnd(TransportPlans.ScanId, 3, 1, "aborted", "shutter"), receiver.Next<ScanEnd>());
    }

    [Fact]
    public void A_subscriber_to_one_stream_hears_no_other()
    {
        using var microscope = TransportPython.Start(Microscope, "pub", "", "bind");
        using var receiver = new TransportReceiver(new SourceOptions
        {
            Address = microscope.Hear().GetString()!,
            Pattern = SocketPattern.PubSub,
            Stream = "cam-1",
        });

        Assert.Equal("cam-1", receiver.Next<TransportReceiver.Started>().Plan.Stream);
    }

    [Fact]
    public void A_puller_of_one_stream_counts_what_others_push()
    {
        using var microscope = TransportPython.Start(Microscope, "push", "", "bind");
        using var receiver = new TransportReceiver(
            new SourceOptions { Address = microscope.Hear().GetString()!, Stream = "cam-1" });

        var refused = receiver.Next<TransportReceiver.Refused>();
        Assert.Equal((RefusalReason.Malformed, false), (refused.Reason, refused.IsFrame));
        Assert.Contains("other-1", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("cam-1", receiver.Next<TransportReceiver.Started>().Plan.Stream);
    }
}
