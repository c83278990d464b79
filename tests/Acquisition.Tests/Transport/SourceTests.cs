using System.Net;
using System.Net.Sockets;
using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class SourceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_plan_comes_out_as_it_went_in()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });
        using var receiver = new TransportReceiver(new SourceOptions { Address = sender.BoundAddress });
        ScanPlan plan = TransportPlans.Full;

        Assert.True(sender.TrySendStart(plan, 0, repeat: false, Patience));
        Assert.True(sender.TrySendStart(plan with { TimePoints = null, Interval = null, PsfFwhm = null }, 0, repeat: true, Patience));

        var first = receiver.Next<TransportReceiver.Started>();
        Assert.Equal(plan.Channels, first.Plan.Channels);
        Assert.Equal(plan with { Channels = [] }, first.Plan with { Channels = [] }); // arrays in a record compare by reference
        Assert.False(first.Repeat);
        var second = receiver.Next<TransportReceiver.Started>();
        Assert.True(second.Repeat);
        Assert.Equal((null, null, null), (second.Plan.TimePoints, second.Plan.Interval, second.Plan.PsfFwhm));
    }

    [Fact]
    public async Task Steady_frames_allocate_nothing_on_either_side()
    {
        const int Frames = 400;
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });
        using var cancel = new CancellationTokenSource();
        var meter = new AllocationMeter(Frames, cancel);
        using var source = new ZmqFrameSource(new SourceOptions { Address = sender.BoundAddress });
        var receiving = Task.Factory.StartNew(
            () => source.Receive(meter, cancel.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        byte[] pixels = TransportPlans.Pixels(seed: 3);
        long sentBefore = 0;
        for (int i = 0; i < Frames; i++)
        {
            if (i == Frames / 2) sentBefore = GC.GetAllocatedBytesForCurrentThread();
            if (!sender.TrySendFrame("cam-1", TransportPlans.Frame((ulong)i, new FrameIndex(0, 0, i)), pixels, Patience)) break;
        }

        long sent = GC.GetAllocatedBytesForCurrentThread() - sentBefore;
        await receiving.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(Frames, meter.Seen);
        Assert.Equal(0, meter.AllocatedBytes[^1] - meter.AllocatedBytes[Frames / 2]);
        Assert.Equal(0, sent);
    }

    [Fact]
    public void A_silent_source_says_so_and_obeys_its_cancellation()
    {
        using var cancel = new CancellationTokenSource();
        var meter = new AllocationMeter(0, cancel) { CancelWhenIdle = true };

        using var source = new ZmqFrameSource(new SourceOptions { Address = TransportReceiver.FreeAddress(), Bind = true });
        source.Receive(meter, cancel.Token);

        Assert.Equal(1, meter.IdleCalls);
    }

    [Fact]
    public async Task One_call_goes_on_where_another_was_cancelled()
    {
        const int Frames = 60;
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*", HighWaterMark = 1000 });
        using var source = new ZmqFrameSource(new SourceOptions { Address = sender.BoundAddress, HighWaterMark = 1000 });
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var firstMeter = new AllocationMeter(1, first);
        var secondMeter = new AllocationMeter(Frames - 1, second);
        byte[] pixels = TransportPlans.Pixels(seed: 4);
        var sending = Task.Run(
            () => Enumerable.Range(0, Frames).All(i =>
                sender.TrySendFrame("cam-1", TransportPlans.Frame((ulong)i, new FrameIndex(0, 0, i)), pixels, Patience)),
            TestContext.Current.CancellationToken);

        source.Receive(firstMeter, first.Token);
        Assert.Equal(1, firstMeter.Seen);
        Assert.True(await sending.WaitAsync(Patience, TestContext.Current.CancellationToken)); // they wait in the sockets now
        source.Receive(secondMeter, second.Token);

        Assert.Equal(Frames - 1, secondMeter.Seen);
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => source.Receive(secondMeter, CancellationToken.None));
    }

    [Fact]
    public async Task What_the_observer_throws_ends_receiving_as_it_is()
    {
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*" });
        using var cancel = new CancellationTokenSource();
        using var source = new ZmqFrameSource(new SourceOptions { Address = sender.BoundAddress });
        var receiving = Task.Run(() => source.Receive(new AllocationMeter(0, cancel), cancel.Token), TestContext.Current.CancellationToken);

        Assert.True(sender.TrySendStart(TransportPlans.Full, 0, repeat: false, Patience));

        await Assert.ThrowsAsync<NotSupportedException>(() => receiving.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_port_that_is_taken_is_named_with_what_to_do()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = $"tcp://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var received = Assert.Throws<SourceException>(() => ReceiveAt(address));
        Assert.Contains(address, received.Message, StringComparison.Ordinal);
        Assert.Contains("another program has the port", received.Message, StringComparison.Ordinal);

        var sent = Assert.Throws<TransportException>(() => new FrameSender(new SenderOptions { Address = address }));
        Assert.Contains(address, sent.Message, StringComparison.Ordinal);
        var published = Assert.Throws<TransportException>(() => new ZmqVolumePublisher(new PublisherOptions { Address = address }));
        Assert.Contains(address, published.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://192.0.2.1:5555", "no such address")] // a network kept for documentation (RFC 5737)
    [InlineData("ipc:///no-such-folder/frames", "there is no such folder")]
    [InlineData("tcp://no-such-host.invalid:5555", "no such address")]
    public void An_address_that_cannot_be_bound_is_named_with_the_reason(string address, string reason)
    {
        var fault = Assert.Throws<SourceException>(() => ReceiveAt(address));

        Assert.Contains(address, fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_says_where_frames_come_from()
    {
        var options = new SourceOptions { Address = "tcp://127.0.0.1:5555" };

        using var pull = new ZmqFrameSource(options); // opens nothing yet
        Assert.Equal("PULL socket connected to tcp://127.0.0.1:5555, any stream", pull.Description);
        using var sub = new ZmqFrameSource(options with { Bind = true, Pattern = SocketPattern.PubSub, Stream = "cam-1" });
        Assert.Equal("SUB socket bound to tcp://127.0.0.1:5555, stream cam-1", sub.Description);
    }

    private static void ReceiveAt(string address)
    {
        using var cancel = new CancellationTokenSource();
        var meter = new AllocationMeter(0, cancel) { CancelWhenIdle = true };
        using var source = new ZmqFrameSource(new SourceOptions { Address = address, Bind = true });
        source.Receive(meter, cancel.Token);
    }

    /// <summary>Notes at every frame what its thread has allocated so far; allocates nothing itself.</summary>
    private sealed class AllocationMeter(int frames, CancellationTokenSource cancel) : IFrameObserver
    {
        public long[] AllocatedBytes { get; } = new long[frames];

        public int Seen { get; private set; }

        public int IdleCalls { get; private set; }

        public bool CancelWhenIdle { get; init; }

        public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels)
        {
            AllocatedBytes[Seen++] = GC.GetAllocatedBytesForCurrentThread();
            if (Seen == frames) cancel.Cancel();
        }

        public void OnIdle()
        {
            IdleCalls++;
            if (CancelWhenIdle) cancel.Cancel();
        }

        public void OnStart(ScanPlan plan, ulong sequence, bool repeat) => throw new NotSupportedException();

        public void OnEnd(ScanEnd end) => throw new NotSupportedException();

        public void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail) => throw new NotSupportedException(detail());
    }
}
