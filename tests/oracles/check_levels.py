"""Checks the coarser levels of a dataset against numpy: check_levels.py <group folder>. Prints one fault a line; none for a good dataset.

Each level is the mean of pairs of the level before along the axes that are longer than 256 there, until y and x are not; a last sample
without a partner stays. A sample of it stands in the middle of those that it is the mean of.
"""
import json
import os
import sys

import numpy as np
from read_zarr3 import read

LARGEST = 256


def halve(level, axis):
    """Sums of pairs, and how many samples are in each."""
    starts = np.arange(0, level.shape[axis], 2)
    counts = np.minimum(2, level.shape[axis] - starts)
    return np.add.reduceat(level, starts, axis), counts.reshape([-1 if a == axis else 1 for a in range(level.ndim)])


def mean(level):
    sums, counts = level.astype(np.float64 if level.dtype.kind == "f" else np.uint64), np.ones([1] * level.ndim, np.uint64)
    for axis in range(2, 5):
        if level.shape[axis] > LARGEST:
            sums, here = halve(sums, axis)
            counts = counts * here.astype(np.uint64)
    if level.dtype.kind == "f":
        return (sums / counts).astype(level.dtype)
    return ((2 * sums + counts) // (2 * counts)).astype(level.dtype)


def check(folder):
    with open(os.path.join(folder, "zarr.json")) as file:
        multiscale = json.load(file)["attributes"]["ome"]["multiscales"][0]
    expected, _ = read(folder)
    first = {t["type"]: t[t["type"]] for t in multiscale["datasets"][0]["coordinateTransformations"]}
    scale0, origin0 = np.array(first["scale"]), np.array(first.get("translation", [0] * 5))
    shrinking, level = np.ones(5), 0
    while max(expected.shape[3:]) > LARGEST:
        level += 1
        shrinking[2:] *= [2 if n > LARGEST else 1 for n in expected.shape[2:]]
        expected = mean(expected)
        if level >= len(multiscale["datasets"]):
            yield f"level {level} is missing"
            return
        found, _ = read(folder, level)
        if found.shape != expected.shape or not np.array_equal(found, expected, equal_nan=found.dtype.kind == "f"):
            yield f"level {level} of {found.shape} is not the mean of {expected.shape}"
        kinds = [t["type"] for t in multiscale["datasets"][level]["coordinateTransformations"]]
        scale, origin = (np.array(t[t["type"]]) for t in multiscale["datasets"][level]["coordinateTransformations"])
        if kinds != ["scale", "translation"] or not np.allclose(scale, scale0 * shrinking, rtol=1e-12):
            yield f"level {level} has the scale {scale}"
        # A voxel is the mean over its extent, so the near edge of the first one is the same place in all levels.
        if not np.allclose(origin - scale / 2, origin0 - scale0 / 2, rtol=0, atol=1e-12 * scale0.max()):
            yield f"level {level} begins at {origin}"
    if len(multiscale["datasets"]) != level + 1:
        yield f"{len(multiscale['datasets'])} levels instead of {level + 1}"


for fault in check(sys.argv[1]):
    print(fault)
