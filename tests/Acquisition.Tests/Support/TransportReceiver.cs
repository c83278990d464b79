using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Acquisition.Core;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Support;

/// <summary>A source receiving on a thread of its own, and all that it reported, one event after another.</summary>
internal sealed class TransportReceiver : IFrameObserver, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<object> _events = [];
    private readonly CancellationTokenSource _cancel = new();
    private readonly ZmqFrameSource _source;
    private readonly Task _receiving;

    public TransportReceiver(SourceOptions options)
    {
        _source = new ZmqFrameSource(options);
        _receiving = Task.Factory.StartNew(
            () => _source.Receive(this, _cancel.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public sealed record Started(ScanPlan Plan, ulong Sequence, bool Repeat);

    public sealed record Framed(FrameHeader Header, byte[] Pixels);

    public sealed record Refused(RefusalReason Reason, bool IsFrame, MessageId? Message, string Detail);

    public long RefusedClients => _source.RefusedClients;

    /// <summary>An address of this machine that nothing listens on.</summary>
    public static string FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"tcp://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
    }

    /// <summary>Waits for the next event, which must be of the given kind.</summary>
    public T Next<T>()
    {
        Assert.True(_events.TryTake(out object? next, Patience), $"No {typeof(T).Name} within {Patience}; receiving is {_receiving.Status}.");
        return Assert.IsType<T>(next);
    }

    public void OnStart(ScanPlan plan, ulong sequence, bool repeat) => _events.Add(new Started(plan, sequence, repeat));

    public void OnFrame(in FrameHeader header, ReadOnlySpan<byte> pixels) => _events.Add(new Framed(header, pixels.ToArray()));

    public void OnEnd(ScanEnd end) => _events.Add(end);

    public void OnRefused(RefusalReason reason, bool isFrame, MessageId? message, Func<string> detail) =>
        _events.Add(new Refused(reason, isFrame, message, detail()));

    public void OnIdle() { }

    public void Dispose()
    {
        _cancel.Cancel();
        _receiving.GetAwaiter().GetResult();
        _source.Dispose();
        _cancel.Dispose();
        _events.Dispose();
    }
}
