#!/usr/bin/python3
"""Scores a run against its originals, independently of the program: score.py RUN TRUTH_FOLDER

Reads restored.zarr and the TIFFs, scales each volume by the 0.1 and 99.99 percentiles of its truth, cuts a border of 4 and
prints one JSON object: the mean PSNR in dB (data range 1) and SSIM of the restored volumes, and each volume's."""
import json
import os
import sys
import numpy as np
import tifffile
from skimage.metrics import structural_similarity
from read_zarr3 import read

run, truth = sys.argv[1:3]
restored, _ = read(os.path.join(run, "restored.zarr"))
volumes = []
for t in range(restored.shape[0]):
    for c in range(restored.shape[1]):
        reference = tifffile.imread(os.path.join(truth, f"t{t:03d}_c{c}.tif")).astype(np.float64)
        reference = reference.reshape(restored.shape[2:])
        low, high = np.percentile(reference, [0.1, 99.99])
        a, b = (np.clip((v - low) / (high - low), 0, 1) for v in (reference, restored[t, c].astype(np.float64)))
        z = min(4, a.shape[0] // 8) or None
        cut = (slice(z, -z if z else None), slice(4, -4), slice(4, -4)) if a.shape[0] >= 8 else (slice(None), slice(4, -4), slice(4, -4))
        a, b = a[cut], b[cut]
        window = min(7, min(a.shape) // 2 * 2 - 1)
        volumes.append({
            "t": t, "c": c, "psnr_db": float(-10 * np.log10(np.mean((a - b) ** 2))),
            "ssim": float(structural_similarity(a, b, data_range=1.0, win_size=window))})
print(json.dumps({k: float(np.mean([v[k] for v in volumes])) for k in ("psnr_db", "ssim")} | {"volumes": volumes}))
