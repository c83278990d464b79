#!/usr/bin/python3
"""Makes the predicted volumes of a c2GAN run again, from its raw dataset, its ledger and its weights alone, in numpy and PyTorch.

  predicted_run.py RUN WEIGHTS HEARD     weights that 'acquisition train' made; what collect_volumes.py wrote of the run

Compares volumes and their maps of doubt with what is stored and what was published, and every place that has to say that they are predicted.
Prints 'equal N predicted volumes' or stops at a fault. Debian: python3-torch python3-numpy.
"""
import glob
import hashlib
import json
import os
import struct
import sys

import numpy as np
import torch

from c2gan import generator, mask
from read_zarr3 import read

run, weights, heard = sys.argv[1:4]
with open(weights, "rb") as file:
    data = file.read()
sha256 = hashlib.sha256(data).hexdigest()
with open(os.path.join(run, "models", sha256 + ".safetensors"), "rb") as file:
    assert file.read() == data
length, = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
card = json.loads(header.pop("__metadata__")["card"])
nets = {}
for name, tensor in header.items():
    values = np.frombuffer(data[8 + length:][slice(*tensor["data_offsets"])], "<f4").reshape(tensor["shape"])
    network, own = name.split(".", 1)
    nets.setdefault(network, {})[own] = torch.from_numpy(values.copy()).double()
setting = {name: float(value) for name, value in card["settings"].items()}
lowest, highest = setting["lowest"], setting["highest"]
(in_low, in_high), (out_low, out_high) = ((card[side]["scale"]["low"], card[side]["scale"]["high"]) for side in ("input", "target"))


def inside(scaled):
    """0 to 1 of the library as networks see it."""
    return (scaled - lowest) / (highest - lowest) * 2 - 1


def predict(plane):
    rows, columns = plane.shape
    padded = np.pad((plane - in_low) / (in_high - in_low), ((0, -rows % 4), (0, -columns % 4)), mode="symmetric")
    a = torch.from_numpy(inside(padded))[None, None]
    b = generator(nets["forward"], int(setting["blocks"]), a)
    slope = setting["last_slope"]
    doubt = (mask(a, inside(setting["content_threshold_input"]), slope) - mask(b, inside(setting["content_threshold_target"]), slope)).abs()
    scaled = (b + 1) / 2 * (highest - lowest) + lowest
    return (scaled[0, 0, :rows, :columns].numpy() * (out_high - out_low) + out_low), doubt[0, 0, :rows, :columns].numpy()


raw, restored, maps = (read(os.path.join(run, name))[0] for name in ("raw.zarr", "restored.zarr", "uncertainty.zarr"))
with open(os.path.join(run, "restored.zarr", "provenance.jsonl")) as file:
    provenance = {(made["index"]["t"], made["index"]["c"]): made for made in map(json.loads, file)}
assert len(provenance) == raw.shape[0] * raw.shape[1]
for (t, c), made in provenance.items():
    assert made["predicted"] and made["method"] == "c2gan" and made["model_sha256"] == sha256 and made["tuned_on"] is None, made
    scale = made["uncertainty"]
    assert scale["method"] == "content disagreement" and np.isclose(scale["largest"], out_high - out_low) and scale["calibrated_on"] is None, scale
    for z, plane in enumerate(raw[t, c].astype(float)):
        expected, doubt = predict(plane)
        expected = np.clip(np.round(expected), 0, 65535)
        assert np.abs(expected - restored[t, c, z]).max() <= 1, (t, z, np.abs(expected - restored[t, c, z]).max())
        steps = np.clip(np.round(255 + scale["steps_per_octave"] * np.log2(np.maximum(doubt, 1e-30))), 1, 255)
        # Where float32 knows of a difference at all, its step is the neighbour's at most.
        apart = np.abs(steps - maps[t, c, z])[doubt > 1e-5]
        assert apart.size > 0 and apart.max() <= 1, (t, z, apart.max())
    with open(os.path.join(heard, f"t{t}_c{c}.json")) as file:
        published = json.load(file)
    assert published["predicted"] is True and published["quality"]["uncertainty"] == scale, published
    assert np.array_equal(np.load(os.path.join(heard, f"t{t}_c{c}.npy")), restored[t, c])
    assert np.array_equal(np.fromfile(os.path.join(heard, f"t{t}_c{c}.map"), np.uint8).reshape(maps[t, c].shape), maps[t, c])
assert len(glob.glob(os.path.join(heard, "*.npy"))) == len(provenance)
print(f"equal {len(provenance)} predicted volumes")
