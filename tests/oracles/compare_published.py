#!/usr/bin/python3
"""Compares a restored dataset with the volumes a subscriber collected: compare_published.py RESTORED.ZARR FOLDER [UNCERTAINTY.ZARR].

With the latter, every volume must have come with a map, which is read as its header, the provenance and the dataset say."""
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
if len(sys.argv) > 3:
    maps, _ = read(sys.argv[3])
    with open(os.path.join(sys.argv[3], "zarr.json")) as file:
        group = json.load(file)["attributes"]
    step = group["acquisition"]["steps"][-1]
    assert maps.shape == restored.shape and maps.dtype == np.uint8
    assert scale == group["ome"]["multiscales"][0]["datasets"][0]["coordinateTransformations"][0]["scale"]
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
    if len(sys.argv) > 3:
        found = np.fromfile(name[:-3] + "map", np.uint8).reshape(header["shape"])
        assert np.array_equal(found, maps[t, c]), name
        told, made = header["quality"]["uncertainty"], provenance[t, c]["uncertainty"]
        assert told == made, (told, made)
        assert told["largest"] == provenance[t, c]["scale_high"] - provenance[t, c]["scale_low"]
        assert step["standard_error"] == "largest * 2 ** ((value - 255) / steps_per_octave)" and step["unknown"] == 0
        error = told["largest"] * 2 ** ((found.astype(float) - 255) / told["steps_per_octave"])
        # On a made-up specimen with dark background, bright structure is the less certain.
        bright = restored[t, c] > np.percentile(restored[t, c], 90)
        assert found.min() > 0 and np.median(error[bright]) > np.median(error[~bright]), name
        assert -1 <= told["held_out_rank"] <= 1 and 0.5 < told["held_out_within_one"] < told["held_out_within_two"] <= 1, told
print("equal")
