#!/usr/bin/python3
"""Listens with the Python client as a user's script would: client_listener.py ADDRESS [--hold] [--work-ms N] [--high-water-mark N]

Volumes must hold the values of client_source.py. Prints 'hearing' once the run is heard, 'gap N' for each gap, and at the end a line of JSON. With --hold
it prints 'holding' after its first volume and goes on when it gets a line. --work-ms is what it takes for each volume, beside looking at it."""
import argparse
import json
import os
import sys
import time

import numpy as np
import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python"))
from acquisition_client import GapError, Volume, volumes
from client_source import value


def assert_not_copied(array):
    """The array must begin where the message's memory begins."""
    frame = array
    while not isinstance(frame, zmq.Frame):
        frame = frame.obj if isinstance(frame, memoryview) else frame.base
    assert array.ctypes.data == np.frombuffer(frame.buffer, np.uint8).ctypes.data and array.nbytes == frame.buffer.nbytes


def check(volume: Volume):
    assert_not_copied(volume.pixels)
    assert np.array_equal(volume.pixels, value(volume.index.t, *volume.pixels.shape)), volume.index
    assert volume.voxel_um == (2.0, 0.5, 0.5) and volume.scale == (1, 1, 1) and volume.index.c == 0
    assert volume.provenance.method == "unchanged" and volume.provenance.missing == () and not volume.provenance.provisional


arguments = argparse.ArgumentParser()
arguments.add_argument("address")
arguments.add_argument("--hold", action="store_true")
arguments.add_argument("--work-ms", type=float, default=0)
arguments.add_argument("--high-water-mark", type=int, default=512)
options = arguments.parse_args()
times, transit, gaps = [], [], []
with volumes(options.address, timeout_s=120, high_water_mark=options.high_water_mark) as listener:
    listener.wait_for_run(60)
    print("hearing", flush=True)
    while True:
        try:
            volume = next(listener)
        except GapError as gap:
            gaps.append(gap.lost)
            print("gap", gap.lost, flush=True)
            continue
        except StopIteration:
            break
        times.append(volume.index.t)
        transit.append(volume.transit_ms)
        check(volume)
        time.sleep(options.work_ms / 1000)
        if options.hold and len(times) == 1:
            print("holding", flush=True)
            sys.stdin.readline()
    p50, p95, p99 = np.percentile(transit, [50, 95, 99])
    print(json.dumps({
        "times": times, "lost": listener.lost, "gaps": gaps, "messages": listener.status["seq"] + 1, "outcome": listener.status["outcome"],
        "restored": listener.status["volumes"]["restored"], "transit_ms": {"p50": p50, "p95": p95, "p99": p99, "max": max(transit)}}), flush=True)
