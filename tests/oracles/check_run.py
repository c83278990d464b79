#!/usr/bin/python3
"""Checks a finished run folder as a stranger would find it: check_run.py RUN. Prints 'conforms' or stops at a fault."""
import hashlib
import json
import os
import struct
import subprocess
import sys

run = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
for dataset in ["raw.zarr", "restored.zarr"] + ["uncertainty.zarr"] * os.path.isdir(os.path.join(run, "uncertainty.zarr")):
    faults = subprocess.run(
        ["/usr/bin/python3", os.path.join(here, "check_ome_zarr.py"), os.path.join(run, dataset)],
        capture_output=True, text=True, check=True).stdout
    assert not faults, f"{dataset}: {faults}"


def dataset(name):
    with open(os.path.join(run, name, "zarr.json")) as file:
        multiscale = json.load(file)["attributes"]["ome"]["multiscales"][0]["datasets"][0]
    with open(os.path.join(run, name, multiscale["path"], "zarr.json")) as file:
        array = json.load(file)
    parts = {t["type"]: t[t["type"]] for t in multiscale["coordinateTransformations"]}
    return array["shape"], parts["scale"], parts.get("translation", [0] * 5)


with open(os.path.join(run, "report.json")) as file:
    report = json.load(file)
raw_shape, raw_scale, _ = dataset("raw.zarr")
shape, scale, translation = dataset("restored.zarr")
assert shape[:2] == raw_shape[:2]
for axis in range(2, 5):
    factor = shape[axis] // raw_shape[axis]
    assert factor * raw_shape[axis] == shape[axis]
    assert abs(scale[axis] * factor - raw_scale[axis]) < 1e-9 * raw_scale[axis]
    # The first sample's near edge stays where it was: pixel centres move by half the difference of the pitches.
    assert abs(translation[axis] - (scale[axis] - raw_scale[axis]) / 2) < 1e-9, (axis, translation)

with open(os.path.join(run, "ledger.jsonl")) as file:
    ledger = [json.loads(line) for line in file]
kinds = [entry["kind"] for entry in ledger]
assert kinds[0] == "scan-started" and kinds[-1] == "scan-finished", kinds
assert kinds.count("volume-stored") == report["status"]["volumes"]["assembled"]
assert kinds.count("volume-restored") == report["status"]["volumes"]["restored"]

models = os.listdir(os.path.join(run, "models")) if os.path.isdir(os.path.join(run, "models")) else []
for name in models:
    with open(os.path.join(run, "models", name), "rb") as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() + ".safetensors" == name
    length, = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    ends = sorted(t["data_offsets"] for k, t in header.items() if k != "__metadata__")
    assert ends[0][0] == 0 and ends[-1][1] == len(data) - 8 - length and all(a[1] == b[0] for a, b in zip(ends, ends[1:]))
assert os.path.getsize(os.path.join(run, "run.yaml")) > 0
assert not [name for folder, _, names in os.walk(run) for name in names if ".tmp" in name or name.endswith("~")]
print("conforms")
