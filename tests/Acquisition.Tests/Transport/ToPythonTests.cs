using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class ToPythonTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Says each message's topic, header and pixels; of repeated announcements, only the first.
    private const string Receiver = """
        pattern, address, side = sys.argv[1:4]
        socket = context.socket(zmq.PULL if pattern == "push" else zmq.SUB)
        if pattern != "push":
            socket.subscribe(b"acq.cam-1.")
        socket.bind(address) if side == "bind" else socket.connect(address)
        joined = False
        while True:
            topic, header, *rest = socket.recv_multipart()
            header = msgpack.unpackb(header, raw=False, strict_map_key=True)
            if header.get("repeat"):
                if not joined:
                    say("joined")
                joined = True
                continue
            say([topic.decode(), header, [part.hex() for part in rest]])
        """;

    [Theory]
    [InlineData(SocketPattern.PushPull, true)]
    [InlineData(SocketPattern.PushPull, false)]
    [InlineData(SocketPattern.PubSub, true)]
    [InlineData(SocketPattern.PubSub, false)]
    public void A_whole_scan_is_read_with_every_key_and_pixel(SocketPattern pattern, bool bind)
    {
        string address = bind ? "tcp://127.0.0.1:*" : TransportReceiver.FreeAddress();
        using var sender = new FrameSender(new SenderOptions { Pattern = pattern, Address = address, Bind = bind });
        using var python = TransportPython.Start(
            Receiver, pattern == SocketPattern.PushPull ? "push" : "pub", sender.BoundAddress, bind ? "connect" : "bind");
        ScanPlan plan = TransportPlans.Full;
        byte[] pixels = TransportPlans.Pixels(seed: 1);
        AnnounceUntilJoined(sender, python);

        Assert.True(sender.TrySendStart(plan, 0, repeat: false, Patience));
        Assert.True(sender.TrySendFrame(plan.Stream, TransportPlans.Frame(1, new FrameIndex(2, 1, 4)), pixels, Patience));
        Assert.True(sender.TrySendEnd(plan.Stream, new ScanEnd(plan.ScanId, 2, 1, "failed", "lamp µ"), Patience));

        AssertMessage(python.Hear(), "acq.cam-1.start", """
            {"v":1,"kind":"start","scan":"6f2b1a54-0c1e-4d6b-9f35-0123456789ab","seq":0,"t_ns":1800000000123456789,
             "shape":{"t":3,"c":2,"z":5,"y":48,"x":64},"dtype":"uint16","voxel_um":{"z":2.5,"y":0.5,"x":0.25},
             "undersampling":{"z":4,"y":2,"x":1},"mode":"light-sheet","channels":["GFP","µ <b>"],"dt_s":1.5,"exposure_ms":12.5,
             "bit_depth":12,"objective":"20×/1.0","psf_um":{"z":3.0,"y":0.75,"x":0.625},
             "user":{"operator":"Åsa","gain":[1,2.5,true,null],"stage":{"x":-7}},"repeat":false}
            """);
        AssertMessage(python.Hear(), "acq.cam-1.frame", """
            {"v":1,"kind":"frame","scan":"6f2b1a54-0c1e-4d6b-9f35-0123456789ab","seq":1,"t_ns":1800000001000000000,
             "index":{"t":2,"c":1,"z":4},"shape":[48,64],"dtype":"uint16","nbytes":6144,"frame_no":901,"stamp_ns":77000000000}
            """, pixels);
        JsonElement end = python.Hear();
        long sentNs = end[1].GetProperty("t_ns").GetInt64();
        Assert.InRange(DateTime.UnixEpoch.AddTicks(sentNs / 100), DateTime.UtcNow.AddMinutes(-2), DateTime.UtcNow.AddMinutes(2));
        AssertMessage(end, "acq.cam-1.end", $$"""
            {"v":1,"kind":"end","scan":"6f2b1a54-0c1e-4d6b-9f35-0123456789ab","seq":2,"t_ns":{{sentNs}},
             "frames":1,"status":"failed","reason":"lamp µ"}
            """);
    }

    [Fact]
    public async Task What_was_taken_for_sending_reaches_a_receiver_that_comes_only_after_the_sender_has_gone()
    {
        string address = TransportReceiver.FreeAddress();
        ScanPlan plan = TransportPlans.Full;
        var sender = new FrameSender(new SenderOptions { Address = address, Bind = false, Linger = Patience });
        Assert.True(sender.TrySendStart(plan, 0, repeat: false, Patience));
        Assert.True(sender.TrySendFrame(plan.Stream, TransportPlans.Frame(1, default), TransportPlans.Pixels(1), Patience));
        Assert.True(sender.TrySendEnd(plan.Stream, new ScanEnd(plan.ScanId, 2, 1, "completed", ""), Patience));
        var gone = Task.Run(sender.Dispose, TestContext.Current.CancellationToken);

        using var python = TransportPython.Start(Receiver, "push", address, "bind");
        string[] topics = [.. Enumerable.Range(0, 3).Select(_ => python.Hear()[0].GetString()!)];

        Assert.Equal(["acq.cam-1.start", "acq.cam-1.frame", "acq.cam-1.end"], topics);
        await gone.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Raw_parts_go_out_as_they_are()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });
        using var python = TransportPython.Start("""
            socket = context.socket(zmq.PULL)
            socket.connect(sys.argv[1])
            while True:
                say([part.hex() for part in socket.recv_multipart()])
            """, sender.BoundAddress);

        Assert.True(sender.TrySendRaw([1], [], [2, 3], Patience));
        Assert.True(sender.TrySendRaw([0xff], [4], [], Patience));

        Assert.Equal("""["01", "", "0203"]""", python.Hear().GetRawText());
        Assert.Equal("""["ff", "04"]""", python.Hear().GetRawText());
    }

    private static void AnnounceUntilJoined(FrameSender sender, TransportPython python)
    {
        Task<JsonElement> joined = Task.Run(python.Hear, TestContext.Current.CancellationToken);
        do sender.TrySendStart(TransportPlans.Full, 0, repeat: true, TimeSpan.FromMilliseconds(20));
        while (!joined.Wait(10, TestContext.Current.CancellationToken));
        Assert.Equal("joined", joined.Result.GetString());
    }

    private static void AssertMessage(JsonElement heard, string topic, string header, byte[]? pixels = null)
    {
        Assert.Equal(topic, heard[0].GetString());
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(header).RootElement, heard[1]), heard[1].GetRawText());
        Assert.Equal(pixels is null ? [] : [Convert.ToHexStringLower(pixels)], heard[2].EnumerateArray().Select(part => part.GetString()));
    }
}
