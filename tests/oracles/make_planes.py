#!/usr/bin/python3
"""Writes an OME-TIFF of uint16 samples that are a weighted sum of their indices: make_planes.py PATH T,C,Z,Y,X WT,WC,WZ,WY,WX"""
import sys

import numpy as np
import tifffile

shape, weights = (tuple(int(number) for number in text.split(",")) for text in sys.argv[2:])
stack = sum(weight * index for weight, index in zip(weights, np.indices(shape))).astype(np.uint16)
tifffile.imwrite(sys.argv[1], stack, ome=True, metadata={"axes": "TCZYX"})
