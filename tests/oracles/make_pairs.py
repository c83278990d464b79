#!/usr/bin/python3
"""Writes pairs of planes of one made-up sample, blurred unlike and the second moved: make_pairs.py INPUT.TIF TARGET.TIF Y,X"""
import sys
import numpy as np
import scipy.ndimage
import tifffile

down, right = (int(n) for n in sys.argv[3].split(","))
rng = np.random.default_rng(5)
light = scipy.ndimage.gaussian_filter(rng.random((4, 192, 192)) ** 12, (0, 1, 1), mode="wrap")
for path, sigma, shift in ((sys.argv[1], 1.5, (0, 0)), (sys.argv[2], 0.5, (down, right))):
    planes = np.roll(scipy.ndimage.gaussian_filter(light, (0, sigma, sigma), mode="wrap"), shift, (1, 2))
    tifffile.imwrite(path, (100 + 20000 * planes / planes.max()).astype(np.uint16)[:, 16:176, 16:176], photometric="minisblack")
