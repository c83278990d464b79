#!/usr/bin/python3
"""Writes TIFFs into a folder as ScanImage does: write_tiff_series.py FOLDER T,C,Z,Y,X EXPECTED.TIF

int16 from -300 on, pages in the order z, c. The first half of the second file is there before the rest: it prints 'half' and goes on when it gets a line.
What they mean altogether goes into EXPECTED.TIF, in float32."""
import io
import os
import sys

import numpy as np
import tifffile

folder, shape, expected = sys.argv[1], tuple(map(int, sys.argv[2].split(","))), sys.argv[3]
stack = np.random.default_rng(12).integers(-300, 3000, shape, np.int16)
tifffile.imwrite(expected, stack.astype(np.float32), ome=True, metadata={"axes": "TCZYX"})
for t, volume in enumerate(stack):
    pages = volume.transpose(1, 0, 2, 3).reshape(-1, *shape[3:])
    whole = io.BytesIO()
    with tifffile.TiffWriter(whole, bigtiff=True) as tiff:  # page by page, each with its own directory, as an acquisition does
        for page in pages:
            tiff.write(page, contiguous=False, metadata=None)
    content = whole.getvalue()
    with open(os.path.join(folder, f"scan_{t:05}.tif"), "wb") as file:
        if t == 1:
            file.write(content[:len(content) // 2])
            file.flush()
            print("half", flush=True)
            sys.stdin.readline()
            content = content[len(content) // 2:]
        file.write(content)
print("written", flush=True)
