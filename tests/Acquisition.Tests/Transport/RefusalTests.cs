using Acquisition.Core;
using Acquisition.Tests.Support;
using Acquisition.Transport;
using Xunit;

namespace Acquisition.Tests.Transport;

public sealed class RefusalTests
{
    // Sends hostile messages, each followed by a good frame whose number says which one it follows.
    private const string Hostile = """
        socket = context.socket(zmq.PUSH)
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        say(f"tcp://127.0.0.1:{port}")
        scan = "6f2b1a54-0c1e-4d6b-9f35-0123456789ab"
        base = dict(v=1, scan=scan, t_ns=1, seq=0)
        FRAME = dict(base, kind="frame", index=dict(t=0, c=0, z=0), shape=[2, 4], dtype="uint16", nbytes=16, frame_no=0, stamp_ns=0)
        START = dict(base, kind="start", shape=dict(t=1, c=1, z=1, y=2, x=4), dtype="uint16", voxel_um=dict(z=1, y=1, x=1),
                     undersampling=dict(z=1, y=1, x=1), mode="other", channels=["a"])
        END = dict(base, kind="end", frames=1, status="completed", reason="")
        def without(message, key):
            return {k: v for k, v in message.items() if k != key}
        def parts(message, pixels=bytes(16), topic=None):
            packed = message if isinstance(message, bytes) else msgpack.packb(message)
            kind = message["kind"] if isinstance(message, dict) and isinstance(message.get("kind"), str) else "frame"
            topic = topic or f"acq.cam.{kind}".encode()
            return [topic, packed] + ([pixels] if topic.endswith(b".frame") else [])
        def nest(levels):
            return [] if levels == 1 else [nest(levels - 1)]
        cases = []
        def case(reason, hint, message_parts):
            cases.append((reason, hint, message_parts))

        good = msgpack.packb(FRAME)
        case("Malformed", "1 parts", [b"acq.cam.frame"])
        case("Malformed", "2 parts", [b"acq.cam.frame", good])
        case("Malformed", "4 parts", [b"acq.cam.frame", good, bytes(16), b"more"])
        case("Malformed", "9 parts", [b"acq.cam.frame", good] + [bytes(16)] * 7)
        case("Malformed", "3 parts", [b"acq.cam.end", msgpack.packb(END), b""])
        for topic in [b"", b"acq.", b"acq.frame", b"acq..frame", b"acq.CAM.frame", b"acq." + b"a" * 33 + b".frame", b"\xff\xfe.\x00", b"x" * 5000]:
            case("Malformed", "topic", [topic, good, bytes(16)])
        case("Malformed", "not a MessagePack map", parts(b""))
        case("Malformed", "not a MessagePack map", parts(msgpack.packb([1])))
        case("Malformed", "ends inside", parts(good[:-1]))
        case("Malformed", "ends inside", parts(b"\xdf\xff\xff\xff\xff"))
        case("Malformed", "ends inside", parts(b"\x81\xa1v\xdd\x7f\xff\xff\xff"))
        case("Malformed", "ends inside", parts(b"\x81\xa1v\xdb\xff\xff\xff\xff"))
        case("Malformed", "after its map", parts(good + b"\x00"))
        case("Malformed", "begins no", parts(b"\x81\xa1v\xc1"))
        case("Malformed", "kind is 'end'", parts(dict(FRAME, kind="end"), topic=b"acq.cam.frame"))
        case("UnsupportedVersion", "v is 2", parts(dict(FRAME, v=2)))
        case("UnsupportedVersion", "v is 2", parts(dict(v=2, kind=["anything"]), topic=b"acq.cam.frame"))
        case("UnknownKind", "volume", [b"acq.cam.volume", good, bytes(16)])
        case("UnknownKind", "", [b"acq.cam.", good, bytes(16)])
        case("UnknownKind", "kind is 'banana'", parts(dict(FRAME, kind="banana"), topic=b"acq.cam.frame"))
        case("HeaderTooLarge", "65536", parts(dict(FRAME, junk="x" * 65536)))
        case("HeaderTooLarge", "65536", parts(dict(START, user=dict(a="x" * 200_000))))
        case("HeaderTooDeep", "deeper than 4", parts(dict(FRAME, junk=nest(4))))
        case("HeaderTooDeep", "deeper than 4", parts(b"\x81\xa1v" + b"\x91" * 30_000 + b"\x00"))
        for key in FRAME:
            case("BadKey", f"{key} is missing", parts(without(FRAME, key), topic=b"acq.cam.frame"))
        for key in START:
            case("BadKey", f"{key} is missing", parts(without(START, key), topic=b"acq.cam.start"))
        for key in END:
            case("BadKey", f"{key} is missing", parts(without(END, key), topic=b"acq.cam.end"))
        for key in FRAME:
            case("BadKey", f"{key} is nil", parts(dict(FRAME, **{key: None}), topic=b"acq.cam.frame"))
        for message, key, value in [
            (FRAME, "v", "1"), (FRAME, "v", True), (FRAME, "scan", scan[1:]), (FRAME, "scan", scan + "a"), (FRAME, "scan", scan.encode()),
            (FRAME, "seq", -1), (FRAME, "seq", 1.0), (FRAME, "t_ns", 2**63), (FRAME, "frame_no", "7"), (FRAME, "stamp_ns", 2**64 - 1),
            (FRAME, "index", [0, 0, 0]), (FRAME, "index", dict(t=0, c=0)), (FRAME, "index", dict(t=-1, c=0, z=0)),
            (FRAME, "index", dict(t=0, c=0, z=2**31)), (FRAME, "index", dict(t=0.0, c=0, z=0)), (FRAME, "index", {0: 1, "c": 0, "z": 0}),
            (FRAME, "shape", [8]), (FRAME, "shape", [2, 4, 1]), (FRAME, "shape", [0, 4]), (FRAME, "shape", [32769, 1]), (FRAME, "shape", ["2", 4]),
            (FRAME, "dtype", "int16"), (FRAME, "dtype", "uint1"), (FRAME, "dtype", "uint166"), (FRAME, "dtype", 2), (FRAME, "nbytes", -16),
            (START, "shape", dict(t=1, c=1, z=1, y=2)), (START, "shape", dict(t=-1, c=1, z=1, y=2, x=4)), (START, "shape", dict(t=1, c=0, z=1, y=2, x=4)),
            (START, "shape", dict(t=1, c=65, z=1, y=2, x=4)), (START, "shape", dict(t=1, c=1, z=0, y=2, x=4)),
            (START, "shape", dict(t=1, c=1, z=1, y=32769, x=4)), (START, "dtype", "float64"), (START, "voxel_um", dict(z=0, y=1, x=1)),
            (START, "voxel_um", dict(z=-1.5, y=1, x=1)), (START, "voxel_um", dict(z=float("nan"), y=1, x=1)), (START, "voxel_um", dict(z="1", y=1, x=1)),
            (START, "voxel_um", dict(z=float("inf"), y=1, x=1)), (START, "undersampling", dict(z=3, y=1, x=1)), (START, "undersampling", dict(z=8, y=1, x=1)),
            (START, "undersampling", dict(z=0, y=1, x=1)), (START, "undersampling", 2), (START, "mode", "confocal"), (START, "channels", []),
            (START, "channels", ["a", "b"]), (START, "channels", [1]), (START, "channels", "a"), (START, "channels", ["a"] * 65),
            (START, "dt_s", -1), (START, "dt_s", 1e300), (START, "exposure_ms", "5"), (START, "bit_depth", 0), (START, "bit_depth", 12.0),
            (START, "objective", 20), (START, "psf_um", dict(z=1)), (START, "user", [1]), (START, "user", {1: 2}), (START, "repeat", 1),
            (END, "frames", -1), (END, "status", "done"), (END, "reason", 3)]:
            case("BadKey", key, parts(dict(message, **{key: value}), topic=f"acq.cam.{message['kind']}".encode()))
        case("BadKey", "seq is there twice", parts(b"\x8c" + good[1:] + msgpack.packb("seq") + b"\x00"))
        case("BadKey", "<key> is Integer", parts(b"\x8c" + good[1:] + b"\x01\x01"))
        case("SizeMismatch", "nbytes is 15", parts(dict(FRAME, nbytes=15)))
        case("SizeMismatch", "16 bytes of pixels", parts(dict(FRAME, shape=[2, 5])))
        case("SizeMismatch", "17 bytes of pixels", parts(FRAME, pixels=bytes(17)))
        case("SizeMismatch", "0 bytes of pixels", parts(FRAME, pixels=b""))
        case("PayloadTooLarge", "1000001", parts(FRAME, pixels=bytes(1_000_001)))
        case("PayloadTooLarge", "16000001", parts(FRAME, pixels=bytes(16_000_001)))
        case("PayloadTooLarge", str(2**40), parts(dict(FRAME, nbytes=2**40)))
        case("PayloadTooLarge", str(2 * 32768 * 32768), parts(dict(FRAME, shape=[32768, 32768])))
        case("PayloadTooLarge", "1002000", parts(dict(START, shape=dict(t=1, c=1, z=1, y=1000, x=501))))

        say([[reason, hint, message[0].startswith(b"acq.") and message[0].endswith(b".frame")] for reason, hint, message in cases])
        sys.stdin.readline()
        for number, (reason, hint, message) in enumerate(cases):
            socket.send_multipart(message)
            socket.send_multipart(parts(dict(FRAME, frame_no=number)))
        sys.stdin.readline()
        """;

    [Fact]
    public void Every_hostile_message_is_refused_by_its_reason_and_the_next_good_frame_arrives()
    {
        using var hostile = TransportPython.Start(Hostile);
        var options = new SourceOptions { Address = hostile.Hear().GetString()!, MaxPayloadBytes = 1_000_000 };
        using var receiver = new TransportReceiver(options);
        var cases = hostile.Hear();
        hostile.Tell("go");

        for (int i = 0; i < cases.GetArrayLength(); i++)
        {
            string expected = $"{i}: {cases[i][0].GetString()}, frame: {cases[i][2].GetBoolean()}";
            var refused = receiver.Next<TransportReceiver.Refused>();
            Assert.Equal(expected, $"{i}: {refused.Reason}, frame: {refused.IsFrame}");
            Assert.Contains(cases[i][1].GetString()!, refused.Detail, StringComparison.Ordinal);
            Assert.Equal(i, receiver.Next<TransportReceiver.Framed>().Header.CameraFrame);
        }
    }

    [Fact]
    public void A_refused_message_still_says_which_one_it_is()
    {
        const string Refusable = """
            socket = context.socket(zmq.PUSH)
            socket.connect(sys.argv[1])
            scan = "6f2b1a54-0c1e-4d6b-9f35-0123456789ab"
            frame = dict(v=1, kind="frame", t_ns=1, index=dict(t=0, c=0, z=0), shape=[2, 4], dtype="uint16", frame_no=0, stamp_ns=0)
            for header in [dict(frame, nbytes=15, scan=scan, seq=41), dict(frame, nbytes=16, scan=scan, seq=-1), dict(frame, nbytes=16, seq=43), dict(frame, v=2, scan=scan, seq=44)]:
                socket.send_multipart([b"acq.cam.frame", msgpack.packb(header), bytes(16)])
            sys.stdin.readline()
            """;
        string address = TransportReceiver.FreeAddress();
        using var receiver = new TransportReceiver(new SourceOptions { Address = address, Bind = true });
        using var python = TransportPython.Start(Refusable, address);

        var scan = Guid.Parse("6f2b1a54-0c1e-4d6b-9f35-0123456789ab");
        MessageId?[] expected = [new(scan, 41), null, null, new(scan, 44)];
        foreach (MessageId? message in expected) Assert.Equal(message, receiver.Next<TransportReceiver.Refused>().Message);
    }

    [Fact]
    public void A_frame_beyond_what_the_socket_reads_costs_its_sender_the_connection_but_not_the_run()
    {
        const string Greedy = """
            socket = context.socket(zmq.PUSH)
            socket.setsockopt(zmq.RECONNECT_IVL, 10)
            socket.connect(sys.argv[1])
            frame = dict(v=1, scan=str(uuid.uuid4()), t_ns=1, kind="frame", index=dict(t=0, c=0, z=0), shape=[2, 4], dtype="uint16",
                         nbytes=16, frame_no=0, stamp_ns=0)
            def send(seq, pixels):
                socket.send_multipart([b"acq.cam.frame", msgpack.packb(dict(frame, seq=seq)), pixels])
            send(0, bytes(16))
            sys.stdin.readline()
            from zmq.utils.monitor import recv_monitor_message
            monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_SUCCEEDED)
            send(1, bytes(17 << 20))  # the socket reads up to 16 MiB here
            while recv_monitor_message(monitor)["event"] != zmq.EVENT_DISCONNECTED: pass
            while recv_monitor_message(monitor)["event"] != zmq.EVENT_HANDSHAKE_SUCCEEDED: pass
            send(2, bytes(16))
            sys.stdin.readline()
            """;
        string address = TransportReceiver.FreeAddress();
        using var receiver = new TransportReceiver(new SourceOptions { Address = address, Bind = true, MaxPayloadBytes = 1000 });
        using var greedy = TransportPython.Start(Greedy, address);

        Assert.Equal(0UL, receiver.Next<TransportReceiver.Framed>().Header.Sequence);
        greedy.Tell("go");
        Assert.Equal(2UL, receiver.Next<TransportReceiver.Framed>().Header.Sequence);
    }
}
