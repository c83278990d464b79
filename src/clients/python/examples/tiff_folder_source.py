#!/usr/bin/python3
"""Sends TIFFs to a run as they appear in a folder, one time point a file, as ScanImage writes them:

    tiff_folder_source.py FOLDER tcp://127.0.0.1:5555 --planes 16 --voxel-um 2,0.5,0.5 --undersampling 1,2,2

Pages of a file are z planes, with channels taking turns within each plane (ScanImage's order). Files are taken in the order of their names.
A file counts once all its pages are there and can be read, so that one that is still being written is left for later. Ends after --timepoints
files, or --idle-s after the last one. ScanImage's int16 goes out as float32, as values below zero must stay what they are. Needs tifffile.
"""
import argparse
import logging
import os
import struct
import sys
import time
from typing import Any, Iterator, Optional, Set

import numpy as np
import tifffile
from numpy.typing import NDArray

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from acquisition_client import Publisher  # noqa: E402

LOOK_EVERY_S = 0.1
logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # it warns of every file that is still being written


def read_whole(path: str, pages: int) -> Optional[NDArray[Any]]:
    """The file as (page, y, x); None while it is being written."""
    try:
        with tifffile.TiffFile(path) as file:
            if len(file.pages) < pages:
                return None
            found: NDArray[Any] = file.asarray(key=slice(0, pages))
            return found.reshape((pages,) + found.shape[-2:])
    except (tifffile.TiffFileError, OSError, ValueError, IndexError, RuntimeError, struct.error):
        return None  # header, directory or pixels are not all there yet


def arriving(folder: str, pages: int, files: int, idle_s: float) -> Iterator[NDArray[Any]]:
    """The files of a folder as they become whole, by name; ``files`` of them, 0 for any number."""
    done: Set[str] = set()
    last_news = time.monotonic()
    while not files or len(done) < files:
        names = sorted(name for name in os.listdir(folder) if name.lower().endswith((".tif", ".tiff")) and name not in done)
        stack = read_whole(os.path.join(folder, names[0]), pages) if names else None
        if stack is not None:
            done.add(names[0])
            yield stack
            last_news = time.monotonic()
        elif time.monotonic() - last_news > idle_s:
            if names:
                raise SystemExit(f"{names[0]} has not got {pages} readable pages within {idle_s} s; are --planes and --channels right?")
            return
        else:
            time.sleep(LOOK_EVERY_S)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("folder")
    arguments.add_argument("address", help="source.address of the run")
    arguments.add_argument("--planes", type=int, required=True, help="z planes in a file")
    arguments.add_argument("--channels", nargs="+", default=["channel 0"], help="their names")
    arguments.add_argument("--voxel-um", required=True, help="z,y,x; micrometres")
    arguments.add_argument("--undersampling", default="1,2,2", help="z,y,x; each 1, 2 or 4")
    arguments.add_argument("--timepoints", type=int, default=0, help="files to take; 0 for any number")
    arguments.add_argument("--idle-s", type=float, default=60.0, help="longest wait for the next file; seconds")
    options = arguments.parse_args()

    channels = len(options.channels)
    source: Optional[Publisher] = None
    try:
        for t, stack in enumerate(arriving(options.folder, options.planes * channels, options.timepoints, options.idle_s)):
            if stack.dtype == np.int16:
                stack = stack.astype(np.float32)
            if source is None:  # the first file tells what the frames are
                source = Publisher(
                    options.address, shape=(options.planes,) + stack.shape[1:], dtype=stack.dtype, mode="two-photon", timepoints=options.timepoints,
                    voxel_um=[float(step) for step in options.voxel_um.split(",")], channels=options.channels,
                    undersampling=[int(factor) for factor in options.undersampling.split(",")],
                )
            for c in range(channels):
                source.send_volume(stack[c::channels], t=t, c=c)
            print(f"sent time point {t}", flush=True)
    except BaseException as error:
        if source is not None:
            source.__exit__(type(error), error, None)
        raise
    if source is None:
        raise SystemExit(f"No TIFF came into {options.folder} within {options.idle_s} s.")
    source.close()
    print(f"{source.frames} frames sent", flush=True)


if __name__ == "__main__":
    main()
