using System.Text.Json;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

/// <summary>Who gets in, against libzmq under Python in a process of its own.</summary>
public sealed class KeyTests : IDisposable
{
    // Reads a question a line: what to connect with. Answers with what became of the connection.
    private const string Clients = """
        from zmq.utils.monitor import recv_monitor_message
        ends = {zmq.EVENT_HANDSHAKE_SUCCEEDED: "in", zmq.EVENT_HANDSHAKE_FAILED_AUTH: "refused", zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "failed",
                zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "failed", zmq.EVENT_DISCONNECTED: "failed"}
        kept = []
        for line in sys.stdin:
            ask = json.loads(line)
            if "message" in ask:
                kept[ask["of"]].send_multipart([part.encode() for part in ask["message"]])
                say("sent")
                continue
            socket = context.socket(getattr(zmq, ask.get("type", "PUSH")))
            socket.linger = 0
            if "secret" in ask:
                secret = ask["secret"].encode()
                socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = secret, zmq.curve_public(secret), ask["server"].encode()
            monitor = socket.get_monitor_socket()
            socket.connect(ask["address"])
            while (event := recv_monitor_message(monitor)["event"]) not in ends:
                pass
            kept.append(socket)
            say(ends[event])
        """;

    private readonly KeyFolder _folder = new();
    private readonly TransportPython _python = TransportPython.Start(Clients);

    public KeyTests() => KeyFolder.SkipWithoutCurve();

    public void Dispose()
    {
        _python.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Those_on_the_list_get_in_and_nobody_else()
    {
        KeyPairFiles own = _folder.Make("own"), listed = _folder.Make("listed"), stranger = _folder.Make("stranger"), impostor = _folder.Make("impostor");
        string address = TransportReceiver.FreeAddress();
        using var receiver = new TransportReceiver(new SourceOptions { Address = address, Bind = true, Security = _folder.Server(own, listed) });

        Assert.Equal("refused", Connect(address, stranger, own));
        Assert.Equal("failed", Connect(address, listed, impostor)); // a client that expects another server
        Assert.Equal("failed", Connect(address)); // no keys at all
        Assert.Equal("in", Connect(address, listed, own));
        Send(3, "acq.cam.frame");

        Assert.Equal("the message has 1 parts; accepted are 2", receiver.Next<TransportReceiver.Refused>().Detail);
        Assert.Equal(1, receiver.RefusedClients); // the others never proved who they are
    }

    [Fact]
    public void A_key_taken_off_the_list_gets_in_no_more_and_one_put_on_it_does()
    {
        KeyPairFiles own = _folder.Make("own"), early = _folder.Make("early"), late = _folder.Make("late");
        string address = TransportReceiver.FreeAddress();
        using var receiver = new TransportReceiver(new SourceOptions { Address = address, Bind = true, Security = _folder.Server(own, early) });
        Assert.Equal(("in", "refused"), (Connect(address, early, own), Connect(address, late, own)));

        _folder.Allow(late);

        Assert.Equal(("refused", "in"), (Connect(address, early, own), Connect(address, late, own)));
        Send(0, "still there"); // a connection that is open stays
        Send(3, "new");
        _ = receiver.Next<TransportReceiver.Refused>();
        _ = receiver.Next<TransportReceiver.Refused>();
    }

    [Fact]
    public void A_line_of_nonsense_in_the_list_lets_nobody_in_and_keeps_nobody_out()
    {
        KeyPairFiles own = _folder.Make("own"), listed = _folder.Make("listed"), stranger = _folder.Make("stranger");
        string address = TransportReceiver.FreeAddress();
        using var receiver = new TransportReceiver(new SourceOptions { Address = address, Bind = true, Security = _folder.Server(own, listed) });
        Assert.Equal("refused", Connect(address, stranger, own));

        File.AppendAllText(_folder["allowed"], $"*\n{stranger.PublicKey[..39]}\n{stranger.PublicKey}x\n#{stranger.PublicKey}\n");

        Assert.Equal(("refused", "in"), (Connect(address, stranger, own), Connect(address, listed, own)));
    }

    [Fact]
    public void Each_socket_has_a_list_of_its_own()
    {
        KeyPairFiles own = _folder.Make("own"), one = _folder.Make("one"), two = _folder.Make("two");
        SocketSecurity feeding = _folder.Server(own, one);
        File.WriteAllText(_folder["second"], $"{two.PublicKey}\n");
        using var first = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*", Security = feeding });
        using (var second = new ZmqVolumePublisher(new PublisherOptions { Address = "tcp://127.0.0.1:*", Security = feeding with { AllowedKeysFile = _folder["second"] } }))
        {
            Assert.Equal(("in", "refused"), (Subscribe(first.BoundAddress, one, own), Subscribe(second.BoundAddress, one, own)));
            Assert.Equal(("refused", "in"), (Subscribe(first.BoundAddress, two, own), Subscribe(second.BoundAddress, two, own)));
            Assert.Equal((1L, 1L), (first.RefusedClients, second.RefusedClients));
        }

        Assert.Equal("in", Subscribe(first.BoundAddress, one, own)); // the other socket's end has not shut this gate
    }

    [Fact]
    public void This_side_connects_to_the_server_whose_key_it_has_and_frames_come_through()
    {
        KeyPairFiles microscope = _folder.Make("microscope"), restorer = _folder.Make("restorer");
        using var sender = new FrameSender(new SenderOptions { Address = "tcp://127.0.0.1:*", Security = _folder.Server(microscope, restorer) });
        using var receiver = new TransportReceiver(new SourceOptions { Address = sender.BoundAddress, Security = KeyFolder.Client(restorer, microscope) });
        byte[] pixels = TransportPlans.Pixels(5);

        Assert.True(sender.TrySendStart(TransportPlans.Full, 0, repeat: false, TimeSpan.FromSeconds(60)));
        Assert.True(sender.TrySendFrame(TransportPlans.Full.Stream, TransportPlans.Frame(1, default), pixels, TimeSpan.FromSeconds(60)));

        Assert.Equal(TransportPlans.ScanId, receiver.Next<TransportReceiver.Started>().Plan.ScanId);
        Assert.Equal(pixels, receiver.Next<TransportReceiver.Framed>().Pixels);
    }

    private string Connect(string address) => Ask(new { address });

    private string Connect(string address, KeyPairFiles own, KeyPairFiles server) => Ask(new { address, secret = KeyFolder.SecretOf(own), server = server.PublicKey });

    private string Subscribe(string address, KeyPairFiles own, KeyPairFiles server) =>
        Ask(new { address, type = "SUB", secret = KeyFolder.SecretOf(own), server = server.PublicKey });

    /// <summary>Sends over the connection that was tried as the nth.</summary>
    private void Send(int of, params string[] message) => Assert.Equal("sent", Ask(new { of, message }));

    private string Ask<T>(T question)
    {
        _python.Tell(JsonSerializer.Serialize(question));
        return _python.Hear().GetString()!;
    }
}
