using System.Reflection;
using Acquisition.Tests.Support;
using Acquisition.Transport.Sockets;
using NetMQ;
using NetMQ.Sockets;
using Xunit;

namespace Acquisition.Tests.Bindings;

public sealed class NetMQTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The library is shared by the process; without a lease another test's last socket would end it under these.
    private readonly SocketLease _lease = SocketLease.Take();

    // Around what fits inside a zmq_msg_t, what has a short length on the wire, and what needs memory of its own.
    public static TheoryData<int> Sizes => [0, 1, 29, 32, 33, 34, 255, 256, 8191, 8193, 8 << 20];

    public void Dispose() => _lease.Dispose();

    [Theory, MemberData(nameof(Sizes))]
    public void Parts_of_any_size_come_back_from_python_reversed_and_whole(int size)
    {
        using var push = new PushSocket();
        using var pull = new PullSocket();
        int outPort = push.BindRandomPort("tcp://127.0.0.1"), inPort = pull.BindRandomPort("tcp://127.0.0.1");
        using var python = TransportPython.Start("""
            pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
            pull.connect(f"tcp://127.0.0.1:{sys.argv[1]}")
            push.connect(f"tcp://127.0.0.1:{sys.argv[2]}")
            parts = pull.recv_multipart()
            push.send_multipart([part[::-1] for part in parts])
            sys.stdin.readline()
            """, $"{outPort}", $"{inPort}");
        byte[] sent = new byte[size];
        new Random(size).NextBytes(sent);

        Send(push, sent, more: true);
        Send(push, [1, 2, 3], more: false);

        Array.Reverse(sent);
        Assert.True(Receive(pull, out byte[] back));
        Assert.True(back.AsSpan().SequenceEqual(sent));
        Assert.False(Receive(pull, out back));
        Assert.Equal([3, 2, 1], back);
    }

    [Fact]
    public void A_subscriber_hears_only_its_topics()
    {
        using var publisher = new PublisherSocket();
        using var subscriber = new SubscriberSocket($">tcp://127.0.0.1:{publisher.BindRandomPort("tcp://127.0.0.1")}");
        subscriber.Subscribe("b");

        Msg heard = default;
        heard.InitEmpty();
        do
        {
            Send(publisher, "a"u8, more: false);
            Send(publisher, "b"u8, more: false);
        }
        while (!subscriber.TryReceive(ref heard, TimeSpan.FromMilliseconds(10)));

        Assert.Equal("b"u8.ToArray(), heard.Slice().ToArray());
        heard.Close();
    }

    [Fact]
    public void Keys_are_those_of_python()
    {
        var pair = new NetMQCertificate();
        using var python = TransportPython.Start("""
            from zmq.utils import z85
            say([zmq.curve_public(sys.argv[1].encode()).decode(), z85.decode(sys.argv[2]).hex()])
            """, pair.SecretKeyZ85!, pair.PublicKeyZ85);
        var told = python.Hear();

        Assert.Equal(pair.PublicKeyZ85, told[0].GetString());
        Assert.Equal(Convert.ToHexStringLower(pair.PublicKey), told[1].GetString());
        Assert.Equal(pair.PublicKey, NetMQCertificate.CreateFromSecretKey(pair.SecretKeyZ85!).PublicKey);
        Assert.Equal(pair.SecretKey, NetMQCertificate.CreateFromSecretKey(pair.SecretKeyZ85!).SecretKey);
        Assert.Equal(pair.PublicKeyZ85, NetMQCertificate.FromPublicKey(pair.PublicKey).PublicKeyZ85);
        Assert.False(NetMQCertificate.FromPublicKey(pair.PublicKeyZ85).HasSecretKey);
        Assert.Throws<ArgumentException>(() => NetMQCertificate.FromPublicKey(pair.PublicKeyZ85[1..]));
        using var push = new PushSocket();
        Assert.Throws<ArgumentException>(() => push.Options.CurveCertificate = NetMQCertificate.FromPublicKey(pair.PublicKey));
    }

    [Fact]
    public void Nothing_to_receive_and_nobody_to_send_to_are_no_errors()
    {
        using var push = new PushSocket("@tcp://127.0.0.1:*");
        using var pull = new PullSocket("tcp://127.0.0.1:*");
        Msg part = default;
        part.InitPool(3);

        Assert.False(push.TrySend(ref part, TimeSpan.Zero, more: false));
        Assert.False(push.TrySend(ref part, TimeSpan.FromMilliseconds(5), more: false));
        Assert.Equal(3, part.Size);
        part.Close();

        part.InitEmpty();
        Assert.False(pull.TryReceive(ref part, TimeSpan.Zero));
        Assert.False(pull.TryReceive(ref part, TimeSpan.FromMilliseconds(5)));
        part.Close();
    }

    [Fact]
    public void Refusals_of_the_library_are_the_exceptions_of_the_package()
    {
        using var push = new PushSocket();
        using var other = new PushSocket();
        int port = other.BindRandomPort("tcp://127.0.0.1");

        Assert.Throws<AddressAlreadyInUseException>(() => push.Bind($"tcp://127.0.0.1:{port}"));
        Assert.Throws<InvalidException>(() => push.Bind("nonsense"));
        Assert.Throws<InvalidException>(() => push.Connect("tcp://127.0.0.1:nonsense"));
        Assert.Throws<ProtocolNotSupportedException>(() => push.Bind("carrier-pigeon://loft"));
        var foreign = Assert.Throws<NetMQException>(() => push.Bind("tcp://192.0.2.1:5555")); // RFC 5737: nobody's
        Assert.Equal(ErrorCode.AddressNotAvailable, foreign.ErrorCode);
        Assert.Contains("bind tcp://192.0.2.1:5555", foreign.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_refuses_the_direction_it_has_not()
    {
        using var push = new PushSocket();
        using var pull = new PullSocket();
        using var publisher = new PublisherSocket();
        using var subscriber = new SubscriberSocket();
        Msg part = default;
        part.InitEmpty();

        Assert.Throws<NotSupportedException>(() => push.TryReceive(ref part, TimeSpan.Zero));
        Assert.Throws<NotSupportedException>(() => pull.TrySend(ref part, TimeSpan.Zero, false));
        Assert.Throws<NotSupportedException>(() => publisher.TryReceive(ref part, TimeSpan.Zero));
        Assert.Throws<NotSupportedException>(() => subscriber.TrySend(ref part, TimeSpan.Zero, false));
        part.Close();
    }

    [Fact]
    public void Options_are_what_was_set_and_linger_is_none_unless_asked_for()
    {
        using var push = new PushSocket();
        Assert.Equal(TimeSpan.Zero, push.Options.Linger);

        push.Options.Linger = TimeSpan.FromSeconds(2);
        push.Options.SendHighWatermark = 3;
        push.Options.ReceiveHighWatermark = 4;
        push.Options.MaxMsgSize = 1L << 33;
        int port = push.BindRandomPort("tcp://127.0.0.1");

        Assert.Equal(TimeSpan.FromSeconds(2), push.Options.Linger);
        Assert.Equal((3, 4), (push.Options.SendHighWatermark, push.Options.ReceiveHighWatermark));
        Assert.Equal(1L << 33, push.Options.MaxMsgSize);
        Assert.Equal($"tcp://127.0.0.1:{port}", push.Options.LastEndpoint);
        push.Options.Linger = TimeSpan.Zero;
    }

    [Fact]
    public void A_message_used_out_of_turn_is_a_fault_and_never_freed_twice()
    {
        using var pull = new PullSocket("tcp://127.0.0.1:*");
        Msg part = default;
        Assert.Throws<FaultException>(() => part.Close());
        Assert.Throws<FaultException>(() => pull.TryReceive(ref part, TimeSpan.Zero));

        part.InitPool(100);
        Msg copy = part;
        part.Close();
        Assert.Throws<FaultException>(() => copy.Close());
        Assert.Throws<FaultException>(() => copy.Slice().Length);
    }

    [Fact]
    public void Using_a_closed_socket_is_an_error_of_the_caller()
    {
        var pull = new PullSocket();
        pull.Close();

        Assert.True(pull.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => pull.Bind("tcp://127.0.0.1:*"));
    }

    [Fact]
    public void A_missing_library_is_named_with_the_command_that_installs_it()
    {
        Assembly binding = typeof(NetMQSocket).Assembly;
        MethodInfo? load = binding.GetType("NetMQ.Native.ZmqLibrary")?.GetMethod("Load", BindingFlags.Static | BindingFlags.NonPublic);
        Assert.SkipWhen(load is null, "The NetMQ package needs no library.");

        var thrown = Assert.Throws<TargetInvocationException>(() => load.Invoke(null, [new[] { "libabsent.so.5" }, binding]));

        var missing = Assert.IsType<DllNotFoundException>(thrown.InnerException);
        Assert.Contains("libabsent.so.5", missing.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libzmq5", missing.Message, StringComparison.Ordinal);
    }

    private static void Send(NetMQSocket socket, ReadOnlySpan<byte> bytes, bool more)
    {
        Msg part = default;
        part.InitPool(bytes.Length);
        bytes.CopyTo(part.Slice());
        Assert.True(socket.TrySend(ref part, Patience, more));
        part.Close();
    }

    /// <returns>Whether another part follows.</returns>
    private static bool Receive(NetMQSocket socket, out byte[] bytes)
    {
        Msg part = default;
        part.InitEmpty();
        Assert.True(socket.TryReceive(ref part, Patience));
        bytes = part.Slice().ToArray();
        bool more = part.HasMore;
        part.Close();
        return more;
    }
}
