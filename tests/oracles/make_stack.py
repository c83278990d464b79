#!/usr/bin/python3
"""Writes a TIFF stack whose pixels depend only on the seed: make_stack.py PATH DTYPE T,C,Z,Y,X [SEED]

ImageJ hyperstack for several time points or channels, a plain page-per-plane stack otherwise."""
import sys
import numpy as np
import scipy.ndimage
import tifffile

path, dtype, shape = sys.argv[1], sys.argv[2], tuple(int(n) for n in sys.argv[3].split(","))
rng = np.random.default_rng(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
t, c, z, y, x = shape
volumes = np.stack([scipy.ndimage.gaussian_filter(rng.random((z, y, x)), (0.7, 1.5, 1.5)) for _ in range(t * c)])
volumes = (volumes - volumes.min()) / (volumes.max() - volumes.min())
volumes = {"uint8": volumes * 250, "uint16": 100 + volumes * 40000, "float32": volumes * 3 - 1}[dtype].astype(dtype)
volumes = volumes.reshape(shape)
if t * c > 1:
    tifffile.imwrite(path, volumes.transpose(0, 2, 1, 3, 4), imagej=True, metadata={"axes": "TZCYX", "spacing": 2.0, "unit": "um"})
else:
    tifffile.imwrite(path, volumes[0, 0], photometric="minisblack")
