#!/usr/bin/python3
"""Scores a run against its originals, independently of the program: score.py RUN TRUTH_FOLDER

Reads restored.zarr and the TIFFs, scales each volume by the 0.1 and 99.99 percentiles of its truth, cuts a border of 4 and
prints one JSON object: the mean PSNR in dB (data range 1) and SSIM of the restored volumes, and each volume's. Where the run has maps of
standard errors, also how well these foretold the errors: Spearman's rank correlation, and the shares of voxels within once and twice."""
import json
import os
import sys
import numpy as np
import tifffile
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity
from read_zarr3 import read

run, truth = sys.argv[1:3]
restored, _ = read(os.path.join(run, "restored.zarr"))
maps = read(os.path.join(run, "uncertainty.zarr"))[0] if os.path.isdir(os.path.join(run, "uncertainty.zarr")) else None
with open(os.path.join(run, "restored.zarr", "provenance.jsonl")) as file:
    made = {(p["index"]["t"], p["index"]["c"]): p for p in map(json.loads, file)}


def foretold(steps, error, scale):
    error, steps = error[steps > 0], steps[steps > 0]
    predicted = scale["largest"] * 2 ** ((steps.astype(float) - 255) / scale["steps_per_octave"])
    return {"rank": float(spearmanr(predicted, error)[0]), "within_one": float((error <= predicted).mean()),
            "within_two": float((error <= 2 * predicted).mean())}


volumes = []
for t in range(restored.shape[0]):
    for c in range(restored.shape[1]):
        reference = tifffile.imread(os.path.join(truth, f"t{t:03d}_c{c}.tif")).astype(np.float64)
        reference = reference.reshape(restored.shape[2:])
        low, high = np.percentile(reference, [0.1, 99.99])
        a, b = (np.clip((v - low) / (high - low), 0, 1) for v in (reference, restored[t, c].astype(np.float64)))
        z = min(4, a.shape[0] // 8) or None
        cut = (slice(z, -z if z else None), slice(4, -4), slice(4, -4)) if a.shape[0] >= 8 else (slice(None), slice(4, -4), slice(4, -4))
        uncertainty = {}
        if maps is not None and made[t, c]["uncertainty"]:
            error = np.abs(restored[t, c].astype(np.float64) - reference)[cut]
            uncertainty = {"uncertainty": foretold(maps[t, c][cut], error, made[t, c]["uncertainty"])}
        a, b = a[cut], b[cut]
        window = min(7, min(a.shape) // 2 * 2 - 1)
        volumes.append({
            "t": t, "c": c, "psnr_db": float(-10 * np.log10(np.mean((a - b) ** 2))),
            "ssim": float(structural_similarity(a, b, data_range=1.0, win_size=window))} | uncertainty)
print(json.dumps({k: float(np.mean([v[k] for v in volumes])) for k in ("psnr_db", "ssim")} | {"volumes": volumes}))
