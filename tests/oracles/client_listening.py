#!/usr/bin/python3
"""Checks what the Python client makes of messages that were written by hand, without the program: client_listening.py

Prints 'all hold' at the end."""
import os
import sys
import uuid

import msgpack
import numpy as np
import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python"))
import acquisition_client as client

SHAPE = [6, 80, 90]
PIXELS = np.arange(6 * 80 * 90, dtype="<f4").reshape(SHAPE)
MAP = (np.arange(PIXELS.size) % 256).astype(np.uint8)
QUALITY = {"settings": "abcd", "note": "", "residual_rms": 1.5,
           "uncertainty": {"method": "m", "largest": 4000.0, "steps_per_octave": 16, "calibrated_on": {"t": 0, "c": 0}}}
ANY, FIRST, SECOND = (str(uuid.UUID(int=n)) for n in range(3))


class Run:
    """Publishes as the program does, from this very thread; a listener is connected before anything is sent."""

    def __init__(self, **options):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.XPUB)
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.listener = client.volumes(f"tcp://127.0.0.1:{port}", **{"timeout_s": 20, **options})
        self.socket.recv()

    def send(self, scan, seq, kind="volume", topic=None, parts=None, **changes):
        header = {"v": 1, "kind": kind, "scan": scan, "seq": seq, "t_ns": 1}
        if kind == "volume":
            header.update(
                index={"t": seq, "c": 1}, shape=SHAPE, dims=["z", "y", "x"], dtype="float32", nbytes=PIXELS.nbytes, voxel_um={"z": 2.0, "y": 0.5, "x": 0.25},
                scale=[4, 2, 1], method="self-vision", predicted=False, provisional=False, model="00ff", tuned_on={"t": 0, "c": 1}, missing=[3],
                lag_ms=12.5, quality=QUALITY)
            parts = [PIXELS, MAP] if parts is None else parts
        else:
            header.update(state="live", outcome=None)
        header.update(changes)
        self.socket.send_multipart([topic or f"acq.cam.{kind}".encode(), msgpack.packb(header), *(parts or [])])

    def end(self, scan, seq, outcome="completed"):
        self.send(scan, seq, "status", state="finished", outcome=outcome)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.context.destroy(linger=0)


def raised(kind, call, words=""):
    try:
        call()
    except kind as error:
        assert words in str(error), f"{words!r} is not in {error!r}"
        return error
    raise AssertionError(f"no {kind.__name__}")


def frame_under(array):
    while not isinstance(array, zmq.Frame):
        array = array.obj if isinstance(array, memoryview) else array.base
    return array


def a_volume_says_what_came_and_copies_nothing():
    with Run() as run:
        run.send(FIRST, 0)
        run.end(FIRST, 1)
        [volume] = run.listener
    assert volume.index == (0, 1) and volume.voxel_um == (2.0, 0.5, 0.25) and volume.scale == (4, 2, 1)
    made = volume.provenance
    assert (made.method, made.model, made.tuned_on, made.missing, made.lag_ms, made.settings) == ("self-vision", "00ff", (0, 1), (3,), 12.5, "abcd")
    assert not made.predicted and not made.provisional and made.conditioning is None and made.quality["residual_rms"] == 1.5
    assert volume.stream == "cam" and volume.scan == FIRST and volume.seq == 0 and volume.sent_ns == 1 < volume.received_ns
    for array, sent in ((volume.pixels, PIXELS), (volume.uncertainty, MAP.reshape(SHAPE))):
        frame = frame_under(array)  # also proves that the array still holds the memory, though socket and context are gone
        start, size = np.frombuffer(frame.buffer, np.uint8).ctypes.data, frame.buffer.nbytes
        assert array.ctypes.data == start and array.nbytes == size and not array.flags.owndata
        assert array.dtype == sent.dtype and np.array_equal(array, sent)
    errors = volume.standard_error()
    assert errors.shape == tuple(SHAPE) and errors.dtype == np.float32
    flat = errors.ravel()  # a byte says largest * 2 ** ((byte - 255) / steps_per_octave)
    assert np.isnan(flat[0]) and flat[255] == 4000 and flat[239] == 2000 and flat[191] == 250 and np.isnan(flat[256])


def small_volumes_are_aligned():
    for count in range(1, 12):
        with Run() as run:
            run.send(FIRST, 0, shape=[1, 1, count], nbytes=4 * count, parts=[np.arange(count, dtype="<f4")], method="m" * count)
            [volume] = [next(run.listener)]
            assert volume.pixels.flags.aligned and volume.pixels.tolist() == [[list(map(float, range(count)))]] and volume.uncertainty is None
            raised(ValueError, volume.standard_error, "restoration.uncertainty")


def gaps_are_raised_once_each_and_nothing_that_came_is_lost():
    with Run() as run:
        for seq in (7, 8, 11, 12, 20):  # it joined at 7
            run.send(FIRST, seq)
        run.end(FIRST, 22)
        seen = []
        while not seen or seen[-1] != "end":
            try:
                seen.append(next(run.listener).seq)
            except client.GapError as gap:
                seen.append((gap.scan == FIRST, gap.first, gap.lost))
            except StopIteration:
                seen.append("end")
        assert seen == [7, 8, (True, 9, 2), 11, 12, (True, 13, 7), 20, (True, 21, 1), "end"], seen
        assert (run.listener.lost, run.listener.received) == (10, 5)


def gaps_are_counted_for_each_scan():
    with Run(gaps="count") as run:
        run.send(ANY, 5, "status")
        run.send(ANY, 9, "status")  # before any scan nothing can be lost that anybody wants
        run.send(FIRST, 2)          # but it was there before the scan
        run.send(SECOND, 1)
        run.end(FIRST, 5, "superseded")
        run.send(SECOND, 1)         # twice is not lost
        run.end(SECOND, 2)
        assert [volume.scan for volume in run.listener] == [FIRST, SECOND, SECOND]
        assert run.listener.lost == 2 + 1 + 2 and run.listener.status["outcome"] == "completed"


def previews_come_only_when_asked_for():
    for previews, expected in ((False, [1]), (True, [0, 1])):
        with Run(previews=previews) as run:
            run.send(FIRST, 0, provisional=True)
            run.send(FIRST, 1)
            run.end(FIRST, 2)
            assert [volume.seq for volume in run.listener] == expected
            assert run.listener.passed_over == 2 - len(expected) and run.listener.lost == 0


def the_newest_of_each_channel_is_enough_for_a_slow_view():
    with Run(newest=True) as run:
        run.send(ANY, 0, "status")
        for seq in range(6):
            run.send(FIRST, seq, index={"t": seq // 2, "c": seq % 2})
        run.end(FIRST, 6)
        seen = [volume.index for volume in run.listener]
        for c in (0, 1):  # how many were passed over depends on when they came; the newest never is, and none comes after a newer one
            times = [index.t for index in seen if index.c == c]
            assert times == sorted(set(times)) and times[-1] == 2, seen
        assert run.listener.received + run.listener.passed_over == 6 and run.listener.lost == 0


def silence_is_an_error_after_a_while():
    with Run(timeout_s=0.05) as run:
        raised(TimeoutError, lambda: next(run.listener), "0.05 s")


def a_run_is_waited_for_and_its_first_message_is_not_lost():
    with Run() as run:
        raised(TimeoutError, lambda: run.listener.wait_for_run(0.05), "0.05 s")
        run.send(FIRST, 3)
        run.listener.wait_for_run(20)
        run.listener.wait_for_run(0.05)
        assert next(run.listener).seq == 3


def what_is_no_message_of_the_protocol_is_refused_and_the_next_is_read():
    faults = [
        ("version 2", dict(v=2)), ("kind", dict(kind="frame", topic=b"acq.cam.frame")), ("kind", dict(topic=b"acq.cam.status")),
        ("topic", dict(topic=b"acq.volume")), ("seq", dict(seq="1")), ("nbytes", dict(nbytes=5)), ("bytes came", dict(parts=[PIXELS[1:]])),
        ("bytes came", dict(shape=[6, 80, 91])), ("bytes came", dict(parts=[PIXELS, MAP[1:]])), ("float64", dict(dtype="float64")),
        ("parts", dict(parts=[])), ("parts", dict(parts=[PIXELS, MAP, MAP])), ("lacks", dict(voxel_um={})), ("lacks", dict(quality={})), ("lacks", dict(index=7)),
    ]
    with Run(gaps="count") as run:
        for words, changes in faults:
            run.send(**{"scan": FIRST, "seq": 0, **changes})
            raised(client.ProtocolError, lambda: next(run.listener), words)
        run.socket.send_multipart([b"acq.cam.volume", b"\xc1"])
        raised(client.ProtocolError, lambda: next(run.listener), "MessagePack")
        run.send(FIRST, 1)
        assert next(run.listener).seq == 1


def arguments_are_checked():
    raised(ValueError, lambda: client.volumes("tcp://127.0.0.1:1", gaps="ignore"), "'ignore'")
    raised(ValueError, lambda: client.volumes("tcp://127.0.0.1:1", stream="Cam"), "'Cam'")
    raised(ValueError, lambda: client.volumes("tcp://127.0.0.1:1", high_water_mark=0), "1 or more")
    raised(ConnectionError, lambda: client.volumes("nothing"), "nothing")


for check in (
    a_volume_says_what_came_and_copies_nothing, small_volumes_are_aligned, gaps_are_raised_once_each_and_nothing_that_came_is_lost,
    gaps_are_counted_for_each_scan, previews_come_only_when_asked_for, the_newest_of_each_channel_is_enough_for_a_slow_view,
    silence_is_an_error_after_a_while, a_run_is_waited_for_and_its_first_message_is_not_lost, what_is_no_message_of_the_protocol_is_refused_and_the_next_is_read, arguments_are_checked,
):
    check()
    print(check.__name__.replace("_", " "), flush=True)
print("all hold")
