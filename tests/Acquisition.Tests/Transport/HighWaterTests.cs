using System.Text.Json;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class HighWaterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    // Two megabytes a frame: neither end's TCP buffers hold more than a few.
    private static readonly byte[] Pixels = new byte[2 << 20];
    private static readonly FrameHeader Header = new(TransportPlans.ScanId, 0, default, 1024, 1024, PixelType.UInt16, 0, 0, 0);

    [Fact]
    public void A_push_to_nobody_is_not_taken()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });

        Assert.False(sender.TrySendFrame("cam-1", Header, Pixels, TimeSpan.Zero));
        Assert.False(sender.TrySendFrame("cam-1", Header, Pixels, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void A_sender_keeps_few_frames_for_a_receiver_that_sleeps_and_sends_each_whole_or_not_at_all()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*", HighWaterMark = 3 });
        using var python = TransportPython.Start("""
            socket = context.socket(zmq.PULL)
            socket.setsockopt(zmq.RCVHWM, 2)
            socket.connect(sys.argv[1])
            assert len(socket.recv_multipart()) == 3
            sys.stdin.readline()
            count = 1
            while True:
                parts = socket.recv_multipart()
                if len(parts) == 2:
                    break
                assert len(parts) == 3 and len(parts[2]) == 2 << 20
                count += 1
            say(count)
            """, sender.BoundAddress);

        Assert.True(sender.TrySendFrame("cam-1", Header, Pixels, Patience));
        int taken = 1;
        while (sender.TrySendFrame("cam-1", Header, Pixels, Moment)) taken++;
        Assert.InRange(taken, 4, 30); // 3 + 2 by the marks, and what fits in between; ZeroMQ's default would take 2000

        python.Tell("go");
        Assert.True(sender.TrySendEnd("cam-1", new ScanEnd(TransportPlans.ScanId, 0, taken, "completed", ""), Patience));
        Assert.Equal(taken, python.Hear().GetInt32());
    }

    [Fact]
    public async Task A_receiver_keeps_few_frames_while_its_observer_is_busy()
    {
        using var python = TransportPython.Start("""
            socket = context.socket(zmq.PUSH)
            socket.setsockopt(zmq.SNDHWM, 2)
            port = socket.bind_to_random_port("tcp://127.0.0.1")
            say(f"tcp://127.0.0.1:{port}")
            socket.setsockopt(zmq.SNDTIMEO, 500)
            frame = msgpack.packb(dict(v=1, scan=str(uuid.uuid4()), seq=0, t_ns=1, kind="frame", index=dict(t=0, c=0, z=0),
                                       shape=[1024, 1024], dtype="uint16", nbytes=2 << 20, frame_no=0, stamp_ns=0))
            sys.stdin.readline()
            sent = 0
            try:
                while True:
                    socket.send_multipart([b"acq.cam.frame", frame, bytes(2 << 20)])
                    sent += 1
            except zmq.Again:
                say(sent)
            sys.stdin.readline()
            """);
        using var busy = new BusyObserver();
        using var cancel = new CancellationTokenSource();
        using var source = new ZmqFrameSource(new SourceOptions { Address = python.Hear().GetString()!, HighWaterMark = 2 });
        var receiving = Task.Run(() => source.Receive(busy, cancel.Token), TestContext.Current.CancellationToken);

        python.Tell("go");
        JsonElement sent = python.Hear();

        Assert.InRange(sent.GetInt32(), 3, 30);
        cancel.Cancel();
        busy.MayReturn.Set();
        await receiving.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private sealed class BusyObserver : IFrameObserver, IDisposable
    {
        public ManualResetEventSlim MayReturn { get; } = new();

        public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels) => MayReturn.Wait();

        public void OnStart(ScanPlan plan, ulong sequence, bool repeat) { }

        public void OnEnd(ScanEnd end) { }

        public void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail) { }

        public void OnIdle() { }

        public void Dispose() => MayReturn.Dispose();
    }
}
