#!/usr/bin/python3
"""Whether the quality gauge notices that a sample has changed: drift.py DATA_FOLDER PROGRAM [OUT.md]

PROGRAM is Drift, built in Release. Each series begins with the volume that is tuned on; what follows is the same sample later on, out
of focus by more and more (Gaussian of that many samples in all axes), dimmer (with the shot noise of as many photons), or another sample.
Needs numpy, scipy and tifffile."""
import os
import subprocess
import sys
import tempfile

import numpy as np
import tifffile
from scipy.ndimage import gaussian_filter

NEURONS, GOLGI = "neurons_2p_cortexB_24x256x256_u16.tif", "golgi_24x136x144_u16.tif"
NUCLEI, CONFOCAL = "nuclei_lightsheet_24x144x96_u16.tif", "nucleus_confocal_40x128x128_u16.tif"


def changed(path, change):
    volume = tifffile.imread(path).astype(np.float32)
    kind, _, amount = change.partition(" ")
    if kind == "blur":
        return gaussian_filter(volume, float(amount))
    if kind == "photons":
        scaled = (volume - volume.min()) / (np.percentile(volume, 99.99) - volume.min())
        return np.random.default_rng(1).poisson(np.clip(scaled, 0, None) * float(amount)).astype(np.float32)
    return volume


SERIES = {
    "microglia over time, 2,2,2": ("2,2,2", [(f"microglia_timelapse/t{t:03}.tif", "") for t in range(16)]),
    "neurons out of focus, 1,2,2": ("1,2,2", [(NEURONS, "")] + [(NEURONS, f"blur {s}") for s in (0.5, 1, 2)]),
    "golgi out of focus, 1,2,2": ("1,2,2", [(GOLGI, "")] + [(GOLGI, f"blur {s}") for s in (0.5, 1, 2)]),
    "golgi dimmer, 1,2,2": ("1,2,2", [(GOLGI, "")] + [(GOLGI, f"photons {n}") for n in (10000, 1000, 200)]),
    "neurons, then others, 1,2,2": ("1,2,2", [(NEURONS, ""), (GOLGI, ""), (NUCLEI, ""), (CONFOCAL, "")]),
    "nuclei, then others, 1,2,2": ("1,2,2", [(NUCLEI, ""), (CONFOCAL, ""), (NEURONS, ""), (GOLGI, "")]),
}
data, program = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))
lines = []
for title, (factor, volumes) in SERIES.items():
    with tempfile.TemporaryDirectory() as scratch:
        arguments, names = [], []
        for i, (name, change) in enumerate(volumes):
            stack, folder = os.path.join(scratch, f"{i}.tif"), os.path.join(scratch, str(i))
            tifffile.imwrite(stack, changed(os.path.join(data, name), change))
            shape = subprocess.run([sys.executable, os.path.join(here, "SelfVisionQuality", "prepare.py"), stack, folder, factor],
                                   capture_output=True, text=True, check=True).stdout.split()
            arguments.append(f"{folder}:{','.join(shape[:3])}")
            names.append(f"{os.path.splitext(os.path.basename(name))[0].rsplit('_u', 1)[0]} {change}".strip())
        text = subprocess.run([program, *factor.split(","), *arguments], capture_output=True, text=True, check=True).stdout
    rows = [line.split()[1:] for line in text.splitlines()]
    lines += ["", f"**{title}**", "", "| volume | shrunk and restored by the model | projected | carries | really added |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {m} | {p} | {c} | {r} |" for name, (m, p, c, r) in zip(names, rows)]
    print("\n".join(lines[-len(rows) - 5:]), flush=True)
if len(sys.argv) > 3:
    with open(sys.argv[3], "w") as file:
        file.write("# What the quality gauge reads when a sample changes\n\n`tests/studies/drift.py DATA_FOLDER PROGRAM tests/studies/drift.md`; all figures but `carries` in dB.\nA model does harm where `really added` is negative; it is not used where `carries` is below 0.5.\n"
                   + "\n".join(lines) + "\n")
