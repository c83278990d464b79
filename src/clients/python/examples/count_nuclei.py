#!/usr/bin/python3
"""Segments and counts nuclei in every volume while the scan runs: count_nuclei.py tcp://127.0.0.1:5556 --diameter-um 8

Needs scikit-image and scipy beside the client. Prints a line for each volume, and what was lost at the end. With --save FOLDER the
labels go into FOLDER/t<T>_c<C>.npy. Where segmentation is slower than the scan, --newest takes the newest volume each time.
"""
import argparse
import os
import sys
import time
from typing import Any, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage import filters, measure, morphology, segmentation

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from acquisition_client import volumes  # noqa: E402


def segment(pixels: NDArray[Any], voxel_um: Tuple[float, float, float], diameter_um: float) -> NDArray[np.int32]:
    """Labels nuclei.

    pixels: (z, y, x), any units; nuclei are bright.
    voxel_um: (z, y, x) size of a voxel; micrometres. diameter_um: of a typical nucleus; micrometres.
    Returns labels of the same shape, 0 for background, 1 to the number of nuclei.
    """
    radius = diameter_um / 2
    smooth = filters.gaussian(pixels.astype(np.float32), sigma=[radius / 4 / step for step in voxel_um], preserve_range=True)
    inside = smooth > filters.threshold_otsu(smooth)
    # Nuclei that touch are parted at the saddle between two summits of the distance to the background, where it is deep enough; distances are
    # in micrometres, as voxels are no cubes.
    distance = ndimage.distance_transform_edt(inside, sampling=voxel_um)
    distance = ndimage.gaussian_filter(distance, [radius / 8 / step for step in voxel_um])
    seeds = measure.label(morphology.h_maxima(distance, radius / 16))
    labels = segmentation.watershed(-distance, seeds, mask=inside)
    smallest = np.pi / 6 * diameter_um**3 / 8 / np.prod(voxel_um)
    sizes = np.bincount(labels.ravel())
    labels[sizes[labels] < smallest] = 0
    relabelled: NDArray[np.int32] = segmentation.relabel_sequential(labels)[0].astype(np.int32)
    return relabelled


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("address")
    arguments.add_argument("--diameter-um", type=float, default=8.0, help="of a typical nucleus; micrometres")
    arguments.add_argument("--channel", type=int, default=0)
    arguments.add_argument("--newest", action="store_true", help="leave out volumes that came while another was segmented")
    arguments.add_argument("--save", metavar="FOLDER")
    options = arguments.parse_args()

    with volumes(options.address, gaps="count", newest=options.newest) as listener:
        listener.wait_for_run()
        print("listening", flush=True)
        for volume in listener:
            if volume.index.c != options.channel:
                continue
            began = time.perf_counter()
            labels = segment(volume.pixels, volume.voxel_um, options.diameter_um)
            sizes = np.bincount(labels.ravel())[1:] * np.prod(volume.voxel_um)
            typical = float(np.median(sizes)) if len(sizes) else 0.0
            print(f"t {volume.index.t}: {len(sizes)} nuclei of {typical:.0f} µm³ (median), {time.perf_counter() - began:.2f} s", flush=True)
            if options.save:
                np.save(os.path.join(options.save, f"t{volume.index.t}_c{volume.index.c}.npy"), labels)
        print(f"{listener.received} volumes, {listener.lost} messages lost, {listener.passed_over} passed over", flush=True)


if __name__ == "__main__":
    main()
