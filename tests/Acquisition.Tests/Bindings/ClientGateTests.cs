using Acquisition.Tests.Support;
using Acquisition.Transport.Sockets;
using NetMQ;
using NetMQ.Extras;
using NetMQ.Sockets;
using Xunit;

namespace Acquisition.Tests.Bindings;

/// <summary>What libzmq can and the package cannot.</summary>
public sealed class ClientGateTests : IDisposable
{
    private readonly SocketLease _lease = SocketLease.Take();

    public void Dispose() => _lease.Dispose();

    [Theory]
    [InlineData(true, "in")]
    [InlineData(false, "refused")]
    public void An_encrypted_socket_lets_in_whom_its_gate_admits_and_nobody_once_that_has_gone(bool admits, string expected)
    {
        NetMQCertificate server = new(), client = new();
        using var pull = new PullSocket();
        pull.Options.CurveServer = true;
        pull.Options.CurveCertificate = server;
        var gate = new ClientGate(pull, key => admits && key.AsSpan().SequenceEqual(client.PublicKey) ? GateAnswer.Admit : GateAnswer.Refuse);
        int port = pull.BindRandomPort("tcp://127.0.0.1");
        using var python = TransportPython.Start("""
            from zmq.utils.monitor import recv_monitor_message
            kept, address, keys = [], sys.argv[1], [key.encode() for key in sys.argv[2:]]
            for line in sys.stdin:
                socket = context.socket(zmq.PUSH)
                socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = keys
                monitor = socket.get_monitor_socket()
                socket.connect(address)
                ends = {zmq.EVENT_HANDSHAKE_SUCCEEDED: "in", zmq.EVENT_HANDSHAKE_FAILED_AUTH: "refused", zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "failed", zmq.EVENT_DISCONNECTED: "failed"}
                while (event := recv_monitor_message(monitor)["event"]) not in ends:
                    pass
                kept.append((socket, monitor))
                say(ends[event])
            """, $"tcp://127.0.0.1:{port}", client.SecretKeyZ85!, client.PublicKeyZ85, server.PublicKeyZ85);

        python.Tell("try");
        Assert.Equal(expected, python.Hear().GetString());
        gate.Dispose();
        python.Tell("try");
        Assert.NotEqual("in", python.Hear().GetString());
    }

    [Fact]
    public void Gates_come_and_go_while_the_library_is_in_use()
    {
        for (int i = 0; i < 300; i++)
        {
            using var pull = new PullSocket();
            using var gate = new ClientGate(pull, _ => GateAnswer.Admit);
        }
    }
}
