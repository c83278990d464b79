#!/usr/bin/python3
"""Sends a Micro-Manager acquisition to a run while it is acquired, through pycro-manager:

    micromanager_source.py tcp://127.0.0.1:5555 --z-um -10 10 2 --timepoints 100 --interval-s 5 --undersampling 2,2,2

Needs Micro-Manager 2 with its server switched on (Tools, Options, "Run server on port 4827") and pycro-manager (pip install pycromanager).
Micro-Manager goes on saving and showing the images itself when --directory is given.
"""
import argparse
import os
import sys
from typing import Any, Dict, Optional, Tuple

import numpy as np
from pycromanager import Acquisition, Core, multi_d_acquisition_events

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from acquisition_client import Publisher  # noqa: E402

Processed = Optional[Tuple[Any, Dict[str, Any]]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("address", help="source.address of the run")
    arguments.add_argument("--z-um", type=float, nargs=3, metavar=("FIRST", "LAST", "STEP"), required=True, help="micrometres")
    arguments.add_argument("--timepoints", type=int, default=1)
    arguments.add_argument("--interval-s", type=float, default=0.0)
    arguments.add_argument("--channel-group", help="configuration group of the channels")
    arguments.add_argument("--channels", nargs="*", default=[], help="presets of that group")
    arguments.add_argument("--undersampling", default="1,2,2", help="z,y,x; each 1, 2 or 4")
    arguments.add_argument("--mode", default="light-sheet", choices=["light-sheet", "two-photon", "other"])
    arguments.add_argument("--directory", help="where Micro-Manager saves too")
    options = arguments.parse_args()

    core = Core()
    first, last, step = options.z_um
    events = multi_d_acquisition_events(
        num_time_points=options.timepoints, time_interval_s=options.interval_s, z_start=first, z_end=last, z_step=step,
        channel_group=options.channel_group, channels=options.channels or None, order="tcz",
    )
    planes = len({event["axes"]["z"] for event in events})
    pixel_um = core.get_pixel_size_um()
    if not pixel_um:
        raise SystemExit("Micro-Manager knows no pixel size; calibrate it (Devices, Pixel Size Calibration) and start again.")
    names = options.channels or ["channel 0"]

    with Publisher(
        options.address, shape=(planes, core.get_image_height(), core.get_image_width()), dtype=f"uint{8 * core.get_bytes_per_pixel()}",
        voxel_um=(abs(step), pixel_um, pixel_um), undersampling=[int(factor) for factor in options.undersampling.split(",")],
        mode=options.mode, timepoints=options.timepoints, channels=names, dt_s=options.interval_s, exposure_ms=core.get_exposure(),
        bit_depth=core.get_image_bit_depth(),
    ) as source:

        def pass_on(image: Any, metadata: Dict[str, Any]) -> Processed:
            """Called by pycro-manager for each image, in a thread of its own, one image at a time."""
            axes = metadata["Axes"]
            channel = axes.get("channel", 0)  # a preset's name, or its number in older versions
            source.send(
                np.asarray(image), t=axes.get("time", 0), z=axes.get("z", 0), c=names.index(channel) if isinstance(channel, str) else channel,
            )
            return (image, metadata) if options.directory else None

        with Acquisition(directory=options.directory, name="acquisition", image_process_fn=pass_on, show_display=bool(options.directory)) as acquisition:
            acquisition.acquire(events)
    print(f"{source.frames} frames sent as scan {source.scan}", flush=True)


if __name__ == "__main__":
    main()
