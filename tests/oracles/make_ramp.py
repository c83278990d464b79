#!/usr/bin/python3
"""Writes an OME-TIFF of known values: make_ramp.py PATH T,C,Z,Y,X [CHANNEL...]

uint16, voxels of 1 um; a sample is 1000 + 8000 t + 4000 c + 500 z + 120 y + 100 x. Channels are named c0, c1 ... unless told otherwise."""
import sys
import numpy as np
import tifffile

shape = tuple(int(n) for n in sys.argv[2].split(","))
t, c, z, y, x = np.indices(shape)
stack = (1000 + 8000 * t + 4000 * c + 500 * z + 120 * y + 100 * x).astype(np.uint16)
names = sys.argv[3:] or [f"c{i}" for i in range(shape[1])]
size = {f"PhysicalSize{axis}": 1.0 for axis in "XYZ"} | {f"PhysicalSize{axis}Unit": "um" for axis in "XYZ"}
tifffile.imwrite(sys.argv[1], stack, ome=True, metadata={"axes": "TCZYX", "Channel": {"Name": names}, **size})
