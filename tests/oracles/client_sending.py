#!/usr/bin/python3
"""Checks what the Python client sends as a microscope, message by message, without the program: client_sending.py

Prints 'all hold' at the end."""
import os
import sys
import threading
import uuid

import msgpack
import numpy as np
import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python"))
import acquisition_client as client

HERE = "tcp://127.0.0.1:*"
PLAN = dict(shape=(2, 3, 4), dtype="uint16", voxel_um=(2, 0.5, 0.25))
FRAME = np.arange(12, dtype=np.uint16).reshape(3, 4)


class Receiver:
    """The other end, as the program opens it."""

    def __init__(self, address, kind=zmq.PULL):
        self.context = zmq.Context()
        self.socket = self.context.socket(kind)
        self.socket.setsockopt(zmq.RCVTIMEO, 20_000)
        if kind == zmq.SUB:
            self.socket.setsockopt(zmq.SUBSCRIBE, b"acq.")
        self.socket.connect(address)

    def hear(self):
        topic, header, *parts = self.socket.recv_multipart()
        return topic.decode(), msgpack.unpackb(header), parts

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.destroy(linger=0)


def raised(kind, call, words):
    try:
        call()
    except kind as error:
        assert words in str(error), f"{words!r} is not in {error!r}"
        return
    raise AssertionError(f"no {kind.__name__} with {words!r}")


def a_scan_is_announced_sent_and_ended():
    extra = dict(undersampling=(4, 2, 1), mode="two-photon", channels=["GFP", "Å"], stream="cam-1", timepoints=2, dt_s=1.5, exposure_ms=12, bit_depth=12,
                 objective="20×/1.0", psf_um=(3, 0.5, 0.5), user={"who": "Åsa", "gain": [1, 2.5]})
    with client.Publisher(HERE, **PLAN, **extra) as source, Receiver(source.address) as receiver:
        source.wait_for_listener(20)
        for z in range(2):  # the channels take turns within a plane: each volume is announced once
            for c in range(2):
                source.send(FRAME + z, t=0, c=c, z=z)
        source.send(FRAME, t=1, z=1, frame_no=-1, stamp_ns=2**62)
        source.close("aborted", "shutter")
        heard = [receiver.hear() for _ in range(9)]
    scan = source.scan
    uuid.UUID(scan)
    assert [topic for topic, _, _ in heard] == [f"acq.cam-1.{kind}" for kind in "start frame start frame frame frame start frame end".split()]
    assert [header["seq"] for _, header, _ in heard] == [0, 1, 0, 2, 3, 4, 0, 5, 6]  # an announcement that is repeated uses up no number
    start = heard[0][1]
    assert isinstance(start.pop("t_ns"), int) and start == {
        "v": 1, "kind": "start", "scan": scan, "seq": 0, "shape": {"t": 2, "c": 2, "z": 2, "y": 3, "x": 4}, "dtype": "uint16",
        "voxel_um": {"z": 2.0, "y": 0.5, "x": 0.25}, "undersampling": {"z": 4, "y": 2, "x": 1}, "mode": "two-photon", "channels": ["GFP", "Å"],
        "dt_s": 1.5, "exposure_ms": 12.0, "bit_depth": 12, "objective": "20×/1.0", "psf_um": {"z": 3.0, "y": 0.5, "x": 0.5},
        "user": {"who": "Åsa", "gain": [1, 2.5]}, "repeat": False}
    assert [header["repeat"] for _, header, _ in heard if header["kind"] == "start"] == [False, True, True]
    frames = [(header, parts) for _, header, parts in heard if header["kind"] == "frame"]
    assert [tuple(header["index"].values()) for header, _ in frames] == [(0, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (1, 0, 1)]
    assert all(len(parts) == 1 and header["nbytes"] == 24 and header["shape"] == [3, 4] and header["dtype"] == "uint16" for header, parts in frames)
    assert [header["frame_no"] for header, _ in frames] == [0, 1, 2, 3, -1] and frames[4][0]["stamp_ns"] == 2**62
    assert np.array_equal(np.frombuffer(frames[2][1][0], "<u2").reshape(3, 4), FRAME + 1)
    end = heard[-1][1]
    assert (end["frames"], end["status"], end["reason"]) == (5, "aborted", "shutter")


def pixels_go_out_little_endian_and_row_by_row_whatever_they_are_in_memory():
    wide = np.arange(48, dtype=np.uint16).reshape(6, 8)
    with client.Publisher(HERE, **{**PLAN, "dtype": ">u2"}) as source, Receiver(source.address) as receiver:
        for frame in (FRAME, FRAME.astype(">u2"), np.asfortranarray(FRAME), wide[::2, ::2]):
            source.send(frame, t=0, z=0)
        receiver.hear()
        for expected in (FRAME, FRAME, FRAME, wide[::2, ::2]):
            values = [row * 256 + low for low, row in zip(*[iter(receiver.hear()[2][0])] * 2)]  # each sample: low byte, high byte
            assert values == expected.ravel().tolist()


def an_exception_ends_the_scan_as_failed():
    source = client.Publisher(HERE, **PLAN)
    with Receiver(source.address) as receiver:
        def break_down():
            with source:
                source.send(FRAME, t=0, z=0)
                raise RuntimeError("the laser is off")
        raised(RuntimeError, break_down, "laser")
        header = [receiver.hear() for _ in range(3)][2][1]
        assert (header["kind"], header["status"], header["reason"], header["frames"]) == ("end", "failed", "RuntimeError: the laser is off", 1)


def nobody_listening_is_an_error_after_a_while_and_never_hangs_the_end():
    with client.Publisher(HERE, **PLAN, timeout_s=0.05, linger_s=0.05) as source:
        raised(TimeoutError, lambda: source.wait_for_listener(0.05), "0.05 s")
        raised(TimeoutError, lambda: source.send(FRAME, t=0, z=0), "0.05 s")
    with client.Publisher(HERE, **PLAN, pattern="pub", linger_s=0.05) as source:
        raised(TimeoutError, lambda: source.wait_for_listener(0.05), "0.05 s")
        source.send(FRAME, t=0, z=0)  # PUB loses it at once
    source.close()
    try:
        with client.Publisher(HERE, **PLAN):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass


def a_subscriber_is_waited_for():
    with client.Publisher(HERE, **PLAN, pattern="pub") as source, Receiver(source.address, zmq.SUB) as receiver:
        source.wait_for_listener(20)
        source.send_volume(np.stack([FRAME, FRAME]), t=0)
        assert [receiver.hear()[1]["kind"] for _ in range(3)] == ["start", "frame", "frame"]


def a_whole_stack_is_one_call():
    for axes, planned in (((2, 3, 4), (1, 1)), ((5, 2, 3, 4), (5, 1)), ((5, 3, 2, 3, 4), (5, 3))):
        stack = np.random.default_rng(4).integers(0, 255, axes, np.uint8)
        port = zmq.Context.instance().socket(zmq.PULL)
        number = port.bind_to_random_port("tcp://127.0.0.1")
        sent = []
        thread = threading.Thread(target=lambda: sent.append(client.publish(
            stack, f"tcp://127.0.0.1:{number}", voxel_um=(1, 1, 1), wait_s=20, bind=False, mode="light-sheet")))
        thread.start()
        seen = np.zeros((*planned, 2, 3, 4), np.uint8)
        while True:
            _, header, *parts = port.recv_multipart()
            header = msgpack.unpackb(header)
            if header["kind"] == "start":
                assert (header["shape"]["t"], header["shape"]["c"]) == planned and header["mode"] == "light-sheet"
            elif header["kind"] == "frame":
                seen[tuple(header["index"].values())] = np.frombuffer(parts[0], np.uint8).reshape(3, 4)
            else:
                break
        thread.join()
        port.close()
        assert np.array_equal(seen.reshape(axes), stack) and sent == [stack.size // 12] == [header["frames"]] and header["status"] == "completed"


def what_a_run_would_refuse_is_refused_here():
    for error, words, change in (
        (TypeError, "int16", dict(dtype="int16")), (TypeError, "float64", dict(dtype=float)), (ValueError, "shape", dict(shape=(3, 4))),
        (ValueError, "32768", dict(shape=(1, 1, 40_000))), (ValueError, "shape", dict(shape=(0, 1, 1))), (ValueError, "voxel_um", dict(voxel_um=(1, 0, 1))),
        (ValueError, "voxel_um", dict(voxel_um=(1, float("nan"), 1))), (ValueError, "1, 2 and 4", dict(undersampling=(1, 3, 1))),
        (ValueError, "undersampling", dict(undersampling=(1, 8, 1))), (ValueError, "light-sheet", dict(mode="confocal")),
        (ValueError, "names", dict(channels=[])), (ValueError, "names", dict(channels="GFP")), (ValueError, "64", dict(channels=["c"] * 65)),
        (ValueError, "stream", dict(stream="Camera 1")), (ValueError, "push", dict(pattern="pull")), (ValueError, "timepoints", dict(timepoints=-1)),
        (ValueError, "bit_depth", dict(bit_depth=33)), (ValueError, "exposure_ms", dict(exposure_ms=-1)), (ValueError, "levels", dict(user={"a": [[[1]]]})),
        (ValueError, "65536", dict(user={"a": "x" * 70_000})), (ValueError, "high_water_mark", dict(high_water_mark=0)),
    ):
        raised(error, lambda: client.Publisher(HERE, **{**PLAN, **change}), words)
    raised(ConnectionError, lambda: client.Publisher("nowhere", **PLAN), "nowhere")
    raised(ValueError, lambda: client.publish(np.zeros((3, 4)), HERE, voxel_um=(1, 1, 1)), "2 axes")
    with client.Publisher(HERE, **PLAN, timepoints=2, timeout_s=0) as source:
        raised(ValueError, lambda: source.send(FRAME.T, t=0, z=0), "(3, 4)")
        raised(TypeError, lambda: source.send(FRAME.astype(np.int16), t=0, z=0), "int16")
        for outside in (dict(t=2, z=0), dict(t=-1, z=0), dict(t=0, z=2), dict(t=0, z=0, c=1)):
            raised(ValueError, lambda: source.send(FRAME, **outside), "accepted is an integer")
        raised(ValueError, lambda: source.send_volume(np.zeros((3, 3, 4), np.uint16), t=0), "3 planes")
        raised(ValueError, lambda: source.close("done"), "completed")


for check in (
    a_scan_is_announced_sent_and_ended, pixels_go_out_little_endian_and_row_by_row_whatever_they_are_in_memory, an_exception_ends_the_scan_as_failed,
    nobody_listening_is_an_error_after_a_while_and_never_hangs_the_end, a_subscriber_is_waited_for, a_whole_stack_is_one_call,
    what_a_run_would_refuse_is_refused_here,
):
    check()
    print(check.__name__.replace("_", " "), flush=True)
print("all hold")
