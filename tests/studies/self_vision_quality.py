#!/usr/bin/python3
"""What tuning reaches on real volumes, against the truth: self_vision_quality.py DATA_FOLDER PROGRAM [OUT.md] [SETTING...]

PROGRAM is SelfVisionQuality, built in Release; SETTINGs go to it after the shape (variant, steps, threads, ... see there). Each volume
is shrunk by prepare.py, tuned and restored with the product's engine, and compared with the original. Seconds are processor time
of tuning and restoring, because wall time says little on a busy machine."""
import os
import re
import subprocess
import sys
import tempfile

VOLUMES = [
    ("neurons_2p_cortexB_24x256x256_u16.tif", "1,2,2", 46.61),
    ("nuclei_lightsheet_24x144x96_u16.tif", "1,2,2", 37.59),
    ("nuclei_lightsheet_24x144x96_u16.tif", "2,2,2", 34.24),
    ("nucleus_confocal_40x128x128_u16.tif", "2,2,2", 39.34),
    ("golgi_24x136x144_u16.tif", "1,2,2", 43.05),
    ("beads_confocal_40x144x144_u8.tif", "2,2,2", 47.15),
    ("microglia_timelapse/t000.tif", "2,2,2", 44.94),
    ("nucleus_widefield_40x128x128_u16.tif", "2,2,2", None),
]
data, program = sys.argv[1:3]
out = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3].endswith(".md") else None
settings = sys.argv[4 if out else 3:]
prepare = os.path.join(os.path.dirname(os.path.abspath(__file__)), "SelfVisionQuality", "prepare.py")
lines = ["| volume | factor | cubic | projected | PyTorch, better of two | restored | beyond projected | detail counts | used | cpu s |",
         "|---|---|---|---|---|---|---|---|---|---|"]
for name, factor, reference in VOLUMES:
    with tempfile.TemporaryDirectory() as folder:
        shape = subprocess.run([sys.executable, prepare, os.path.join(data, name), folder, factor],
                               capture_output=True, text=True, check=True).stdout.split()
        text = subprocess.run([program, folder, *shape, *settings], capture_output=True, text=True, check=True).stdout
    cubic, projected, restored = (float(m) for m in re.findall(r"([0-9.]+) dB  0\.", text))
    lines.append(
        f"| {os.path.splitext(name)[0].rsplit('_u', 1)[0]} | {factor} | {cubic:.2f} | {projected:.2f} | {f'{reference:.2f}' if reference else '-'} | "
        f"{restored:.2f} | {restored - projected:+.2f} | {re.search(r'counts ([0-9.]+)', text)[1]} | "
        f"{'yes' if 'goes live: True' in text else 'no'} | {re.search(r'time in all ([0-9.]+)', text)[1]} |")
    print(lines[-1], flush=True)
if out:
    with open(out, "w") as file:
        file.write("\n".join(lines) + "\n")
