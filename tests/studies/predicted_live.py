#!/usr/bin/python3
"""Times scans that are restored by models trained before them: simulator, program, storage and a subscriber, each a process of its own.

  predicted_live.py [--write]      with --write the figures go to predicted_live.md beside this file

Each model is trained for one step on noise of the size of its small preset: how fast it restores does not depend on what it learned. Needs the built solution and Debian's
python3-numpy python3-tifffile python3-zmq python3-msgpack.
"""
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import numpy as np
import tifffile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, "artifacts/bin/Acquisition.App/release/acquisition")
SIMULATOR = os.path.join(ROOT, "artifacts/bin/Acquisition.HardwareSim/release/hardware-sim")
VOXEL = "1,0.25,0.25"
# Model, shape of a scan's volumes, extent of the images to train on.
CASES = [
    ("cross-modality", (8, 256, 256), (1, 128, 128)),
    ("cross-modality", (4, 512, 512), (1, 128, 128)),
    ("c2gan", (8, 256, 256), (1, 128, 128)),
    ("c2gan", (4, 512, 512), (1, 128, 128)),
    ("dual-hrgan", (32, 32, 32), (64, 64, 64)),
    ("dual-hrgan", (32, 96, 96), (64, 64, 64)),
]
VOLUMES = 5


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def images(folder, extent, finer, seed):
    os.makedirs(folder)
    rng = np.random.default_rng(seed)
    for i in range(3):
        shape = [n * finer for n in extent] if extent[0] > 1 else extent
        stack = rng.poisson(20 + 400 * rng.random(shape) ** 8).astype(np.uint16)
        tifffile.imwrite(os.path.join(folder, f"{i}.tif"), stack if extent[0] > 1 else stack[0], photometric="minisblack")


def train(model, extent, folder):
    images(os.path.join(folder, "input"), extent, 1, 1)
    images(os.path.join(folder, "target"), extent, 3 if model == "dual-hrgan" else 1, 2)
    config = os.path.join(folder, "train.yaml")
    # Voxels have nothing to do with their neighbours, so that there is no blur to measure.
    changes = '  overrides: "blur_weight=0"\n' if model == "dual-hrgan" else ""
    with open(config, "w") as file:
        file.write(f'training:\n  input: {folder}/input\n  target: {folder}/target\n  steps: 1\n  registration: none\n{changes}  input_voxel_um: "{VOXEL}"\n  target_voxel_um: "{VOXEL}"\n')
    subprocess.run([PROGRAM, "train", model, "--config", config, "--output", os.path.join(folder, "model")], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(folder, "model", "model.safetensors")


def run(model, shape, weights, folder):
    source, publish = free_address(), free_address()
    config = os.path.join(folder, "run.yaml")
    with open(config, "w") as file:
        file.write(f"source:\n  address: {source}\nstorage:\n  root: {folder}/runs\nrestoration:\n  model: {model}\nprediction:\n  weights_file: {weights}\n"
                   f"publish:\n  address: {publish}\n  high_water_mark: 100\nviewer:\n  address: http://127.0.0.1:0\n  open_browser: false\n")
    tifffile.imwrite(os.path.join(folder, "scan.tif"), np.random.default_rng(3).poisson(20 + 400 * np.random.default_rng(4).random(shape) ** 8).astype(np.uint16), photometric="minisblack")
    program = subprocess.Popen([PROGRAM, "run", "--config", config], stdout=subprocess.DEVNULL)
    heard = subprocess.Popen(["/usr/bin/python3", os.path.join(ROOT, "tests/oracles/collect_volumes.py"), publish, os.path.join(folder, "heard")], stdout=subprocess.DEVNULL)
    started = time.time()
    subprocess.run([SIMULATOR, "play", os.path.join(folder, "scan.tif"), "--voxel", VOXEL, "--repeat", str(VOLUMES), "--address", source], check=True, stdout=subprocess.DEVNULL)
    assert program.wait() == 0 and heard.wait() == 0
    whole = time.time() - started
    name, = os.listdir(os.path.join(folder, "runs"))
    with open(os.path.join(folder, "runs", name, "restored.zarr", "provenance.jsonl")) as file:
        made = [json.loads(line) for line in file]
    with open(os.path.join(folder, "runs", name, "report.json")) as file:
        report = json.load(file)
    assert len(made) == VOLUMES and report["ledger_closes"] and all(volume["predicted"] for volume in made)
    published = [json.load(open(os.path.join(folder, "heard", name))) for name in os.listdir(os.path.join(folder, "heard")) if name.endswith(".json")]
    assert len(published) == VOLUMES and all(header["predicted"] for header in published)
    # The first volume pays for loading libtorch.
    each = sorted(volume["duration_s"] for volume in made if volume["index"]["t"] > 0)
    lag = sorted(volume["lag_s"] for volume in made)
    return each[len(each) // 2], lag[0], lag[-1], whole


def main():
    rows = []
    for model, shape, extent in CASES:
        folder = tempfile.mkdtemp(prefix="predicted-live-")
        try:
            each, first, last, whole = run(model, shape, train(model, extent, folder), folder)
        finally:
            shutil.rmtree(folder)
        planes = shape[0] / each
        rows.append(f"| {model} | {'×'.join(map(str, shape))} | {1000 * each / shape[0]:.0f} | {planes:.1f} | {planes * shape[1] * shape[2] / 1e6:.2f} | {first:.2f} | {last:.2f} |")
        print(rows[-1], flush=True)
    with open("/proc/cpuinfo") as file:
        processor = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    text = f"""# Scans restored by models trained before them

`tests/studies/predicted_live.py --write`, {processor}, {os.cpu_count()} cores, Python {platform.python_version()}. Small presets, {VOLUMES} volumes of uint16 sent as fast as the
program takes them over ZeroMQ, raw and restored volumes and maps of doubt stored, the viewer served, and a subscriber that hears all of them. Times are of the median volume after the first, lags from a volume's last
frame until it is restored; the first volume waits for libtorch to load, and the last one for all before it.

| model | volumes (z, y, x) | a plane takes, ms | planes a second | megapixels a second | least lag, s | greatest lag, s |
|---|---|---|---|---|---|---|
""" + "\n".join(rows) + "\n"
    if "--write" in sys.argv:
        with open(os.path.join(HERE, "predicted_live.md"), "w") as file:
            file.write(text)


main()
