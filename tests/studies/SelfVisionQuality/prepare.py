#!/usr/bin/python3
"""Makes the pair of volumes a quality study needs: prepare.py VOLUME.tif FOLDER FZ,FY,FX

truth.f32 is the volume scaled by its 0.1 and 99.99 percentiles to [0, 1] and cropped to multiples of the factors;
acquired.f32 is its cubic antialiased shrunk copy, rounded to 65535 levels. Raw little-endian float32 (z, y, x); the first line
printed holds both shapes. Needs numpy and tifffile.
"""
import os
import sys

import numpy as np
import tifffile


def keys(t):
    a = np.abs(t)
    return (1.5 * a**3 - 2.5 * a**2 + 1) * (a <= 1) + (-0.5 * a**3 + 2.5 * a**2 - 4 * a + 2) * ((a > 1) & (a <= 2))


def shrink_axis(volume, axis, factor):
    n = volume.shape[axis]
    centre = (np.arange(n // factor) + 0.5) * factor - 0.5
    taps = np.floor(centre - 2 * factor).astype(int)[:, None] + np.arange(4 * factor + 2)
    weights = keys((taps - centre[:, None]) / factor)
    weights /= weights.sum(1, keepdims=True)
    mirrored = np.mod(taps, 2 * n)
    mirrored = np.where(mirrored < n, mirrored, 2 * n - 1 - mirrored)
    moved = np.moveaxis(volume, axis, -1)
    return np.moveaxis((moved[..., mirrored] * weights).sum(-1), -1, axis)


def main():
    path, folder, factors = sys.argv[1], sys.argv[2], [int(f) for f in sys.argv[3].split(",")]
    volume = tifffile.imread(path).astype(np.float32)
    low, high = np.percentile(volume, [0.1, 99.99])
    truth = np.clip((volume - low) / (high - low), 0, 1)
    truth = truth[tuple(slice(0, n // f * f) for n, f in zip(truth.shape, factors))]
    small = truth.astype(np.float64)
    for axis, factor in enumerate(factors):
        if factor > 1:
            small = shrink_axis(small, axis, factor)
    acquired = np.round(np.clip(small, 0, 1) * 65535) / 65535
    os.makedirs(folder, exist_ok=True)
    truth.astype("<f4").tofile(os.path.join(folder, "truth.f32"))
    acquired.astype("<f4").tofile(os.path.join(folder, "acquired.f32"))
    print(*acquired.shape, *factors)


main()
