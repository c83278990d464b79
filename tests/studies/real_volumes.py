#!/usr/bin/python3
"""Runs the whole program on real volumes and writes what it reaches: real_volumes.py DATA_FOLDER PROGRAM SIMULATOR [OUT.md]

Simulator process, program and datasets on disk, as 'acquisition demo' does; the scores are read from report.json and
computed once more from restored.zarr by tests/oracles/score.py. One volume after the other; about a minute each."""
import glob
import json
import os
import subprocess
import sys
import tempfile

VOLUMES = [
    ("neurons_2p_cortexB_24x256x256_u16.tif", "1,2,2"),
    ("nuclei_lightsheet_24x144x96_u16.tif", "1,2,2"),
    ("nuclei_lightsheet_24x144x96_u16.tif", "2,2,2"),
    ("nucleus_confocal_40x128x128_u16.tif", "2,2,2"),
    ("golgi_24x136x144_u16.tif", "1,2,2"),
    ("beads_confocal_40x144x144_u8.tif", "2,2,2"),
    ("microglia_timelapse", "2,2,2"),
]
data, program, simulator = sys.argv[1:4]
out = sys.argv[4] if len(sys.argv) > 4 else None
score = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles", "score.py")
lines = [
    "| volume | factor | time points | cubic | cubic + back-projection | restored | restored, re-read independently | method | steps | tuning s | restoring s a volume | lag p50 s | ledger |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]


def pair(s):
    return f"{s['psnr_db']:.2f} / {s['ssim']:.4f}"


for name, factor in VOLUMES:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, "demo", os.path.join(data, name), "--factor", factor, "--simulator", simulator, "--output", folder],
            capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        path = done.stdout.strip().splitlines()[-1].removeprefix("report: ")
        with open(path) as file:
            report = json.load(file)
        truth = os.path.dirname(glob.glob(os.path.join(folder, "**", "t000_c0.tif"), recursive=True)[0])
        again = json.loads(subprocess.run(
            ["/usr/bin/python3", score, os.path.dirname(path), truth], capture_output=True, text=True, check=True).stdout)
    s, status = report["scores"], report["status"]
    timing = {t["stage"]: t for t in report["timings"]}
    model = status["models"][0]
    lines.append(
        f"| {name.split('_u')[0].removesuffix('.tif')} | {factor} | {len(s['volumes'])} | {pair(s['cubic'])} | {pair(s['projected'])} | "
        f"{pair(s['restored'])} | {pair(again)} | {model['method']} | {model['steps']} | "
        f"{timing.get('tune', {'max_ms': 0})['max_ms'] / 1000:.1f} | {timing['restore']['p50_ms'] / 1000:.2f} | "
        f"{timing['last frame to restored']['p50_ms'] / 1000:.1f} | {'closes' if report['ledger_closes'] else 'OPEN'} |")
    print(lines[-1], flush=True)
if out:
    with open(out, "w") as file:
        file.write("# Real volumes through the whole program\n\nPSNR dB / SSIM, data range 1, means over time points. "
                   "Written by real_volumes.py.\n\n" + "\n".join(lines) + "\n")
