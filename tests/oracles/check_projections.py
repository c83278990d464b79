"""Checks pictures of maximum projections against numpy: check_projections.py <dataset> <folder> <level that is black> <that is white> <channel>.
Prints one fault a line; none when all are right. Pixels may differ by one grey value where rounding is a tie."""
import glob
import os
import sys

import numpy as np
from PIL import Image
from read_zarr3 import read

dataset, folder, low, high, channel = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
volumes, _ = read(dataset)
names = sorted(glob.glob(os.path.join(folder, f"*_c{channel}_*.png")))
for name in names:
    t, kind = int(os.path.basename(name)[1:5]), os.path.basename(name)[:-4].split("_")[2]
    volume = volumes[t, channel].astype(np.float64)
    seen = {"xy": volume.max(0), "xz": volume.max(1), "yz": volume.max(2).T}[kind]
    expected = np.floor(255 * np.clip((seen - low) / (high - low), 0, 1) + 0.5)
    picture = Image.open(name)
    found = np.asarray(picture)
    if picture.mode != "L" or found.shape != expected.shape:
        print(f"{name} is {picture.mode} of {found.shape} instead of {expected.shape}")
    elif np.abs(found - expected).max() > 1:
        print(f"{name} differs by {np.abs(found - expected).max()}")
if not names:
    print("no pictures")
