#!/usr/bin/python3
"""Makes the restored stacks of a run again, from its raw dataset, its ledger and its weights alone, in numpy and PyTorch.

  isotropic_run.py RUN LATERAL AXIAL     widths (FWHM) of the point spread function in pixels

Networks are run again and compared sample by sample; of every method the residual is measured again. Prints 'equal N volumes by METHOD' or
stops at a fault. Debian: python3-torch python3-numpy.
"""
import json
import os
import struct
import sys

import numpy as np
import torch

from cubic import interpolate
from isonet import restore
from read_zarr3 import read

run = sys.argv[1]
lateral, axial = (float(width) / (2 * np.sqrt(2 * np.log(2))) for width in sys.argv[2:4])


def model(sha256):
    with open(os.path.join(run, "models", sha256 + ".safetensors"), "rb") as file:
        data = file.read()
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    notes = header.pop("__metadata__")
    tensors = sorted(header.items(), key=lambda item: item[1]["data_offsets"][0])
    return notes, np.concatenate([np.frombuffer(data[8 + length:][slice(*tensor["data_offsets"])], "<f4") for _, tensor in tensors])


def through(volume, notes, weights):
    """Every xz and every yz section, and their mean."""
    low, high = float(notes["scale_low"]), float(notes["scale_high"])
    scaled, views = (volume - low) / (high - low), []
    for axes in ((1, 2, 0), (2, 1, 0)):
        sections = scaled.transpose(axes)
        rows, columns = (-extent % 4 for extent in sections.shape[1:])
        padded = np.pad(sections, ((0, 0), (0, rows), (0, columns)), mode="symmetric")
        found = restore(notes["network"], torch.from_numpy(weights).double(), torch.from_numpy(padded[:, None]).double())[:, 0].numpy()
        views.append(found[:, :sections.shape[1], :sections.shape[2]].transpose(np.argsort(axes)))
    return low + (views[0] + views[1]) / 2 * (high - low)


def blur(volume, sigma, axis):
    if sigma == 0:
        return volume
    reach = int(np.ceil(4 * sigma))
    bell = np.exp(-np.arange(-reach, reach + 1.0) ** 2 / (2 * sigma**2))
    line = np.pad(volume, [(reach, reach) if i == axis else (0, 0) for i in range(3)], mode="symmetric")
    return sum(weight * line.take(range(i, i + volume.shape[axis]), axis) for i, weight in enumerate(bell / bell.sum()))


def planes(volume, ratio, count):
    at = [k * ratio for k in range(count)]
    return np.stack([(1 - z % 1) * volume[int(z)] + (z % 1) * volume[min(int(z) + 1, len(volume) - 1)] for z in at])


raw, restored = (read(os.path.join(run, name))[0].astype(float) for name in ("raw.zarr", "restored.zarr"))
with open(os.path.join(run, "ledger.jsonl")) as file:
    ledger = [json.loads(line) for line in file]
plan = ledger[0]["plan"]
ratio = plan["voxel_size"]["z_um"] / plan["voxel_size"]["x_um"]
made = [entry for entry in ledger if entry["kind"] == "volume-restored"]
for entry in made:
    t, c = entry["index"]["t"], entry["index"]["c"]
    stack, found, method = raw[t, c], restored[t, c], entry["method"]
    assert len(found) == round(len(stack) * ratio), (len(found), len(stack), ratio)
    widths = {"richardson-lucy": (lateral, axial), "cubic": (0, 0), "srcnn": (0, 0)}.get(method, (0, np.sqrt(axial**2 - lateral**2)))
    if entry["model_sha256"]:
        notes, weights = model(entry["model_sha256"])
        width = entry["scale_high"] - entry["scale_low"]
        expected = through(interpolate((stack - entry["scale_low"]) / width, ratio, len(found)), notes, weights)
        expected = np.clip(np.round(entry["scale_low"] + expected * width), 0, 65535)
        assert np.abs(expected - found).max() <= 1, np.abs(expected - found).max()
    elif method == "cubic":
        expected = np.clip(np.round(interpolate(stack, ratio, len(found))), 0, 65535)
        assert np.abs(expected - found).max() <= 1, np.abs(expected - found).max()
    again = planes(blur(blur(blur(found, widths[1], 0), widths[0], 1), widths[0], 2), ratio, len(stack))
    rms = np.sqrt(np.mean((again - stack) ** 2))
    assert abs(rms - entry["residual_rms"]) <= 0.02 * rms + 0.5, (rms, entry["residual_rms"])
print(f"equal {len(made)} volumes by {', '.join(sorted({entry['method'] for entry in made}))}")
