#!/usr/bin/python3
"""Compares a raw dataset with the stack that was played: compare_raw.py RAW.ZARR STACK.TIF. Prints 'equal' or stops."""
import sys
import numpy as np
import tifffile
from read_zarr3 import read

raw, _ = read(sys.argv[1])
with tifffile.TiffFile(sys.argv[2]) as file:
    series = file.series[0]
    stack, axes = series.asarray(), series.axes.replace("Q", "Z").replace("I", "Z").replace("S", "Z")
for axis in "TCZ":
    if axis not in axes:
        stack, axes = stack[None], axis + axes
stack = stack.transpose([axes.index(a) for a in "TCZYX"])
assert raw.dtype == stack.dtype, (raw.dtype, stack.dtype)
assert raw.shape == stack.shape, (raw.shape, stack.shape)
assert raw.tobytes() == stack.astype(raw.dtype).tobytes(), f"{np.count_nonzero(raw != stack)} samples differ"
print("equal")
