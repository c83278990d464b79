#!/usr/bin/python3
"""Publishes volumes with known numbers of nuclei, undersampled by 2 in y and x: client_nuclei.py ADDRESS COUNT COUNT...

Nuclei are balls of 8 um in voxels of 1 um (z) and 0.5 um (y, x) on the finer grid, at seeded places; those of each pair overlap by a quarter of a radius."""
import os
import sys

import numpy as np
from scipy import ndimage

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python"))
from acquisition_client import publish

SHAPE, VOXEL_UM, RADIUS_UM = (24, 160, 160), np.array([1.0, 0.5, 0.5]), 4.0


def specimen(count, random):
    """(z, y, x), camera units: balls of 2000 over 200, softened, with camera noise."""
    size = np.array(SHAPE) * VOXEL_UM
    places = [place for place in np.stack(np.meshgrid([6, 17], np.arange(10, 75, 20), np.arange(10, 75, 20), indexing="ij"), -1).reshape(-1, 3)]
    random.shuffle(places)
    centres = []
    while len(centres) < count:
        place = places.pop() + random.uniform(-0.5, 0.5, 3)
        centres.append(place)
        if len(centres) < count and len(centres) % 4 == 1:  # a partner that touches
            angle = random.uniform(0, 2 * np.pi)
            centres.append(place + 1.75 * RADIUS_UM * np.array([0, np.sin(angle), np.cos(angle)]))
    grid = np.indices(SHAPE).transpose(1, 2, 3, 0) * VOXEL_UM
    assert all((centre > 2).all() and (centre < size - 2).all() for centre in centres)
    inside = np.any([((grid - centre) ** 2).sum(-1) < RADIUS_UM**2 for centre in centres], axis=0)
    return 200 + ndimage.gaussian_filter(2000.0 * inside, [0.5, 1, 1]) + random.normal(0, 30, SHAPE)


if __name__ == "__main__":
    random = np.random.default_rng(7)
    full = np.stack([specimen(int(count), random) for count in sys.argv[2:]])
    scanned = full.reshape(len(full), SHAPE[0], SHAPE[1] // 2, 2, SHAPE[2] // 2, 2).mean((3, 5))
    print("sent", publish(scanned.round().astype(np.uint16), sys.argv[1], voxel_um=(1.0, 1.0, 1.0), undersampling=(1, 2, 2), wait_s=60), flush=True)
