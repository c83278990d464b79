#!/usr/bin/python3
"""Cuts a TIFF off at many places, as it looks while it is being written, and has the example read it: client_tiffs.py PATH

Prints 'all hold' at the end."""
import io
import os
import sys

import numpy as np
import tifffile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "clients", "python", "examples"))
from tiff_folder_source import read_whole

stack = np.random.default_rng(1).integers(-300, 3000, (10, 24, 32), np.int16)
for big in (True, False):
    written = io.BytesIO()
    with tifffile.TiffWriter(written, bigtiff=big) as tiff:
        for page in stack:
            tiff.write(page, contiguous=False, metadata=None)
    content = written.getvalue()
    for length in [*range(0, len(content), 97), len(content) - 1, len(content)]:
        with open(sys.argv[1], "wb") as file:
            file.write(content[:length])
        read = read_whole(sys.argv[1], len(stack))
        assert (read is not None) == (length == len(content)), length
    assert np.array_equal(read, stack)
print("all hold")
