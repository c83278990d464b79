#!/usr/bin/python3
"""Is a microscope with the Python client: client_source.py ADDRESS T,Z,Y,X [--pattern pub] [--pause-after T] [--interval-ms N]

Samples are uint16, (131 t + 31 z + 7 y + 3 x) modulo 65536. Prints 'paused' before time point --pause-after and goes on when it gets a line.
One volume comes every --interval-ms, or as fast as they are taken."""
import argparse
import os
import sys
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python"))
from acquisition_client import Publisher


def value(t, depth, height, width):
    z, y, x = np.ogrid[:depth, :height, :width]
    return (131 * t + 31 * z + 7 * y + 3 * x).astype(np.uint16)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("address")
    arguments.add_argument("shape")
    arguments.add_argument("--pattern", default="push")
    arguments.add_argument("--pause-after", type=int, default=-1)
    arguments.add_argument("--interval-ms", type=float, default=0)
    options = arguments.parse_args()
    timepoints, *shape = (int(extent) for extent in options.shape.split(","))
    with Publisher(options.address, shape=shape, dtype="uint16", voxel_um=(2, 0.5, 0.5), timepoints=timepoints, pattern=options.pattern, timeout_s=120) as source:
        source.wait_for_listener(60)
        began = time.monotonic()
        for t in range(timepoints):
            if t == options.pause_after:
                print("paused", flush=True)
                sys.stdin.readline()
            time.sleep(max(0.0, began + t * options.interval_ms / 1000 - time.monotonic()))
            source.send_volume(value(t, *shape), t=t)
    print("sent", source.frames, flush=True)
