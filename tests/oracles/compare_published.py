#!/usr/bin/python3
"""Compares a restored dataset with the volumes a subscriber collected: compare_published.py RESTORED.ZARR FOLDER."""
import glob
import json
import os
import sys
import numpy as np
from read_zarr3 import read

restored, _ = read(sys.argv[1])
with open(os.path.join(sys.argv[1], "zarr.json")) as file:
    scale = json.load(file)["attributes"]["ome"]["multiscales"][0]["datasets"][0]["coordinateTransformations"][0]["scale"]
with open(os.path.join(sys.argv[1], "provenance.jsonl")) as file:
    provenance = {(p["index"]["t"], p["index"]["c"]): p for p in map(json.loads, file)}
files = sorted(glob.glob(os.path.join(sys.argv[2], "*.npy")))
assert len(files) == restored.shape[0] * restored.shape[1] == len(provenance), (files, restored.shape, len(provenance))
for name in files:
    with open(name[:-3] + "json") as file:
        header = json.load(file)
    t, c = header["index"]["t"], header["index"]["c"]
    assert np.array_equal(np.load(name), restored[t, c]), name
    assert np.allclose([header["voxel_um"][a] for a in "zyx"], scale[2:]), (header["voxel_um"], scale)
    assert header["method"] == provenance[t, c]["method"] and header["model"] == provenance[t, c]["model_sha256"]
    assert header["missing"] == provenance[t, c]["missing_planes"] and header["predicted"] is False
print("equal")
