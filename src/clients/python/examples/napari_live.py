#!/usr/bin/python3
"""Shows a run in napari while it goes on: napari_live.py tcp://127.0.0.1:5556

One layer for each channel, in micrometres, always with the newest volume; previews too, which are there before the network is tuned.
Needs napari (pip install "napari[all]").
"""
import os
import sys
from typing import Any, Dict, Iterator, Optional

import napari
import numpy as np
from napari.qt.threading import thread_worker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from acquisition_client import Volume, volumes  # noqa: E402


def main(address: str) -> None:
    viewer = napari.Viewer(title=f"Acquisition at {address}")
    layers: Dict[int, Any] = {}

    def show(volume: Optional[Volume]) -> None:
        """Called by napari in the thread of its window, the only one that may touch layers."""
        if volume is None:
            return
        name = f"channel {volume.index.c}"
        if volume.index.c not in layers:
            # Limits are set once: volumes of one scan can be compared, and flicker does not hide what changes.
            low, high = np.percentile(volume.pixels, [1, 99.9])
            layers[volume.index.c] = viewer.add_image(
                volume.pixels, name=name, scale=volume.voxel_um, contrast_limits=(float(low), float(max(high, low + 1))), blending="additive",
            )
        layer = layers[volume.index.c]
        layer.data = volume.pixels  # the view keeps the message's memory alive; nothing is copied
        layer.metadata = {"t": volume.index.t, "method": volume.provenance.method, "model": volume.provenance.model}
        viewer.status = f"t {volume.index.t}, {name}: {volume.provenance.method}{', preview' if volume.provenance.provisional else ''}"

    def listen() -> Iterator[Optional[Volume]]:
        """In a thread of its own, which can be ended whenever it yields: several times a second."""
        with volumes(address, gaps="count", previews=True, newest=True, timeout_s=0.3) as listener:  # newest: the window may be slower
            while True:
                try:
                    yield next(listener)
                except TimeoutError:
                    yield None
                except StopIteration:
                    return

    worker = thread_worker(listen, connect={"yielded": show})()
    napari.run()
    worker.quit()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556")
