#!/usr/bin/python3
"""Holds what a run acknowledged against what it had to store:

    check_acknowledged.py STACK.TIF RUN                    restored volumes must be readable
    check_acknowledged.py STACK.TIF --like EXPECTED.ZARR   they must equal those of another run; run folders come from standard input

Answers for each run folder with a line of JSON: how many volumes the ledger acknowledges as
stored and as restored, and of which the file is gone (lost) or the pixels differ (wrong). A stored volume must equal the stack that was
sent, and a restored one that of an uninterrupted run. Only whole lines of a ledger count. Files that have not changed are read once.
"""
import json
import os
import sys

import numpy as np
import tifffile
from read_zarr3 import read, read_shard


def load_stack(path):
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        stack, axes = series.asarray(), series.axes.replace("Q", "Z").replace("I", "Z").replace("S", "Z")
    for axis in "TCZ":
        if axis not in axes:
            stack, axes = stack[None], axis + axes
    return stack.transpose([axes.index(a) for a in "TCZYX"])


def ledger(run):
    try:
        with open(os.path.join(run, "ledger.jsonl"), "rb") as file:
            text = file.read()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


seen = {}


def judge(run, dataset, index, expected, missing):
    """Returns "lost", "wrong" or "" of one volume."""
    root = os.path.join(run, dataset, "0")
    path = os.path.join(root, "c", str(index[0]), str(index[1]), "0", "0", "0")
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return "lost"
    key = (path, status.st_ino, status.st_mtime_ns, status.st_size, tuple(missing))
    if key not in seen:
        with open(os.path.join(root, "zarr.json")) as file:
            array = json.load(file)
        if index[0] >= array["shape"][0]:
            return "lost"  # a reader that trusts the metadata would not look for it
        dtype = np.dtype(array["data_type"]).newbyteorder("<")
        shard, _ = read_shard(path, array["chunk_grid"]["configuration"]["chunk_shape"], array["codecs"][0]["configuration"], dtype)
        z, y, x = array["shape"][2:]
        seen[key] = ""
        if expected is not None:
            found, wanted = shard[0, 0, :z, :y, :x], expected[index].copy()
            wanted[list(missing)] = 0
            if found.dtype != wanted.dtype or not np.array_equal(found, wanted):
                seen[key] = "wrong"
    return seen[key]


def answer(run):
    found = {"stored": 0, "restored": 0, "lost": [], "wrong": []}
    for event in ledger(run):
        if event["kind"] not in ("volume-stored", "volume-restored"):
            continue
        kind, index = event["kind"][len("volume-"):], (event["index"]["t"], event["index"]["c"])
        found[kind] += 1
        fault = judge(run, "raw.zarr", index, stack, event["missing_planes"]) if kind == "stored" else judge(run, "restored.zarr", index, restored, [])
        if fault:
            found[fault].append([kind, *index])
    print(json.dumps(found), flush=True)


stack = load_stack(sys.argv[1])
if sys.argv[2] == "--like":
    restored = read(sys.argv[3])[0]
    print("ready", flush=True)
    for line in sys.stdin:
        answer(line.strip())
else:
    restored = None
    answer(sys.argv[2])
