#!/usr/bin/python3
"""Low light to high light of made-up nuclei, learned from unpaired planes: c2gan.py PROGRAM FOLDER [--seeds 1,2,3] [--threads 2] [--only PART,PART] [--steps N]

PROGRAM is acquisition, built in Release. FOLDER receives libraries, models, restored planes, figures.md and picture.png; what is there already is not made
again, and training that was cut off goes on. --steps makes trainings shorter than the small preset, to try things. Parts: restored (the small preset), inverted (training that begins with generators that turn bright
and dark around, with and without the structure term), supervised (the generator alone, trained on pairs that a microscope does not give: an upper bound).
Low light is 10 photons in a pixel of light 1 with 1 photon of read noise at 25 counts a photon, high light 1000 photons at 1 count; no scene is in two
libraries. All figures are taken here from planes that 'acquisition restore' wrote of scenes no model has seen.
Debian: python3-scipy python3-tifffile python3-numcodecs python3-pil python3-torch.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles"))
import c2gan as oracle  # noqa: E402 - the one beside it, not this file
from read_zarr3 import read  # noqa: E402

EDGE, LEARNED, TESTED = 256, 80, 20
OFFSET, LOW_PHOTONS, LOW_GAIN, HIGH_PHOTONS = 200, 10, 25, 1000
INVERTED_STEPS = 600
SUPERVISED_STEPS = 1500


def scene(rng):
    """Light of 60 to 120 soft nuclei of semi-axes of 4 to 8 pixels with texture, over 0.05, blurred by 1.2 pixels."""
    light = np.zeros((EDGE, EDGE))
    for _ in range(rng.integers(60, 121)):
        centre, axes, angle, amplitude = rng.uniform(0, EDGE, 2), rng.uniform(4, 8, 2), rng.uniform(0, np.pi), rng.uniform(0.3, 1)
        # Farther away it is 0 in double precision.
        near = tuple(slice(max(0, int(at) - 34), int(at) + 34) for at in centre)
        v, u = np.meshgrid(np.arange(EDGE)[near[1]] - centre[1], np.arange(EDGE)[near[0]] - centre[0])
        along, across = u * np.sin(angle) + v * np.cos(angle), u * np.cos(angle) - v * np.sin(angle)
        inside = 0.5 - 0.5 * np.tanh((np.hypot(along / axes[0], across / axes[1]) - 1) / 0.16)
        light[near] = np.maximum(light[near], amplitude * inside)
    texture = gaussian_filter(rng.standard_normal((EDGE, EDGE)), 2)
    light *= np.clip(1 + 0.2 * texture / texture.std(), 0.3, 1.7)
    return gaussian_filter(light + 0.05, 1.2)


def low(rng, light):
    counts = OFFSET + LOW_GAIN * (rng.poisson(LOW_PHOTONS * light) + rng.standard_normal(light.shape))
    return np.clip(np.round(counts), 0, 65535).astype(np.uint16)


def high(rng, light):
    return np.clip(OFFSET + rng.poisson(HIGH_PHOTONS * light), 0, 65535).astype(np.uint16)


def write(path, images):
    how = dict(imagej=True, resolution=(4, 4), metadata=dict(spacing=1.0, unit="um", axes="ZYX"))
    if path.endswith(".tif"):
        tifffile.imwrite(path, np.stack(images), **how)
        return
    os.makedirs(path)
    for i, image in enumerate(images):
        tifffile.imwrite(f"{path}/{i:03}.tif", image[None], **how)


def drawn(kind, count):
    """Scenes of a kind; each depends on kind and number only."""
    return [scene(np.random.default_rng([kind, i])) for i in range(count)]


def libraries(folder):
    """What is learned from, and the tested scenes' light and low-light planes."""
    lights = drawn(3, TESTED)
    tested = [low(np.random.default_rng([6, i]), light) for i, light in enumerate(lights)]
    learned = [low(np.random.default_rng([4, i]), light) for i, light in enumerate(drawn(1, LEARNED))]
    wanted = [high(np.random.default_rng([5, i]), light) for i, light in enumerate(drawn(2, LEARNED))]
    if not os.path.exists(f"{folder}/tested.tif"):
        write(f"{folder}/low", learned)
        write(f"{folder}/high", wanted)
        write(f"{folder}/tested.tif", tested)
    return np.stack(lights), np.stack(tested).astype(float), np.stack(learned).astype(float), np.stack(wanted).astype(float)


def train(options, name, seed, settings):
    """Trains a model; what it takes is noted beside it, so that it is known after a training in pieces, too."""
    folder = f"{options.folder}/{name}"
    if os.path.exists(f"{folder}.time"):
        return folder
    with open(f"{folder}.yaml", "w") as file:
        if options.steps:
            settings = settings | {"steps": min(options.steps, settings.get("steps", options.steps))}
        lines = [f"  input: {options.folder}/low", f"  target: {options.folder}/high", "  preset: small", "  patience: 0"]
        file.write("\n".join(["training:", *lines, *(f"  {key}: {value}" for key, value in settings.items())]))
        file.write(f"\nrestoration:\n  seed: {seed}\n  threads: {options.threads}\n")
    began, times = time.monotonic(), os.times()
    subprocess.run([options.program, "train", "c2gan", "--config", f"{folder}.yaml", "--output", folder], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    with open(f"{folder}.time", "w") as file:
        file.write(f"{time.monotonic() - began:.0f} {after.children_user + after.children_system - times.children_user - times.children_system:.0f}")
    return folder


def restore(options, model):
    """Restored planes of the tested scenes in camera units of the target, and their maps of doubt."""
    folder = f"{model}_restored"
    if not os.path.exists(f"{folder}.done"):
        with open(f"{folder}.yaml", "w") as file:
            file.write(f"restoration:\n  model: c2gan\n  threads: {options.threads}\nprediction:\n  weights_file: {model}/model.safetensors\nstorage:\n  root: {options.folder}\n")
        subprocess.run([options.program, "restore", f"{options.folder}/tested.tif", "--config", f"{folder}.yaml", "--output", folder], check=True, stdout=subprocess.DEVNULL)
        open(f"{folder}.done", "w").close()
    return read(f"{folder}/restored.zarr")[0][0, 0].astype(float), read(f"{folder}/uncertainty.zarr")[0][0, 0].astype(float)


def card(model):
    with open(f"{model}/model.safetensors", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return json.loads(header["__metadata__"]["card"])


def turned_around(model, path, seed):
    """Generators that make dark of bright and the other way around, and so still bring everything back; discriminators that know nothing.

    tanh is odd: with its last layer negated G gives -G, and F whose first layer is negated takes that for what it was.
    """
    with open(f"{model}/model.safetensors", "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header, body = json.loads(file.read(size)), bytearray(file.read())
    rng = np.random.default_rng(seed)
    last = max(int(name.split(".")[2]) for name in header if name.startswith("forward.layers."))
    for name, about in header.items():
        if name == "__metadata__":
            continue
        start, end = about["data_offsets"]
        values = np.frombuffer(bytes(body[start:end]), "<f4").copy()
        if name.startswith(f"forward.layers.{last}.") or name == "backward.layers.0.weight":
            values = -values
        elif name.startswith("discriminator"):
            values = np.zeros_like(values) if name.endswith(".bias") else (rng.normal(float(len(about["shape"]) == 1), 0.02, values.shape))
        body[start:end] = values.astype("<f4").tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + body)


def supervised(options, lights, tested, learned):
    """Planes restored by the small generator when it may learn from the low-light library's own truth: mean absolute error, Adam of 4e-4."""
    path = f"{options.folder}/supervised.npy"
    if os.path.exists(path):
        return np.load(path)
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    oracle.normalised = lambda w, name, y: torch.nn.functional.instance_norm(y, weight=w[f"{name}.weight"], bias=w[f"{name}.bias"])
    with open(f"{options.folder}/small_{options.seeds[0]}/model.safetensors", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    shapes = {name[8:]: about["shape"] for name, about in header.items() if name.startswith("forward.")}
    weights = {name: torch.zeros(shape) if name.endswith("bias") else torch.full(shape, float(len(shape) == 1)) + 0.02 * torch.randn(shape) for name, shape in shapes.items()}
    for tensor in weights.values():
        tensor.requires_grad_()
    truth = np.stack(drawn(1, LEARNED)) - 0.6
    bottom, top = np.quantile(learned, (0.01, 0.999))
    mover = torch.optim.Adam(weights.values(), 4e-4, (0.5, 0.999))
    for step in range(SUPERVISED_STEPS):
        mover.param_groups[0]["lr"] = 4e-4 * min(1, 2 - 2 * step / SUPERVISED_STEPS)
        i, (y, x) = rng.integers(LEARNED), rng.integers(EDGE - 63, size=2)
        a, b = (torch.from_numpy(np.ascontiguousarray(v[i, y:y + 64, x:x + 64])).float()[None, None] for v in ((learned - bottom) / (top - bottom) - 0.5, truth))
        mover.zero_grad()
        (oracle.generator(weights, 3, a) - b).abs().mean().backward()
        mover.step()
    with torch.no_grad():
        planes = [oracle.generator(weights, 3, torch.from_numpy((plane - bottom) / (top - bottom) - 0.5).float()[None, None])[0, 0].numpy() for plane in tested]
    restored = OFFSET + HIGH_PHOTONS * (np.stack(planes).astype(float) + 0.6)
    np.save(path, restored)
    return restored


def matched(planes, truth):
    """Planes after the affine change of intensities that brings them closest to the truth, in squares."""
    return np.polyval(np.polyfit(planes.ravel(), truth.ravel(), 1), planes)


def figures(planes, truth, mask, wanted):
    """PSNR (peak 1), earth mover's distance to the truth's histogram, both after matching, and Dice of a mask."""
    close = matched(planes, truth)
    return (
        -10 * np.log10(np.mean((close - truth) ** 2)),
        np.abs(np.sort(close.ravel()) - np.sort(truth.ravel())).mean(),
        2 * (mask & wanted).sum() / (mask.sum() + wanted.sum()),
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--seeds", default="1,2,3", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--threads", default=2, type=int)
    parser.add_argument("--steps", default=None, type=int)
    parser.add_argument("--only", default="restored,inverted,supervised", type=lambda text: text.split(","))
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    options.folder, options.program = os.path.abspath(options.folder), os.path.abspath(options.program)
    lights, tested, learned, high_library = libraries(options.folder)

    # Independent of the program: Otsu's threshold of the low-light library, and as much of the high-light library above the other.
    alpha = oracle.otsu(learned.ravel(), learned.min(), np.quantile(learned, 0.9999), 1024)
    beta = np.quantile(high_library, 1 - (learned > alpha).mean())
    wanted = OFFSET + HIGH_PHOTONS * lights > beta
    rows = ["| planes | PSNR, dB | earth mover | Dice | saturated | mean doubt | step | time, s (processor) |", "|---|---|---|---|---|---|---|---|"]

    def tell(name, planes, threshold, more=" | | | |"):
        psnr, earth, dice = figures(planes, lights, planes > threshold, wanted)
        rows.append(f"| {name} | {psnr:.2f} | {earth:.4f} | {dice:.3f} |{more}")
        print(rows[-1], flush=True)
        return psnr, earth, dice

    noisy = tell("noisy", tested, alpha)
    sigma = max((0.7, 1, 1.25, 1.5, 1.75, 2, 2.5), key=lambda s: figures(gaussian_filter(tested, (0, s, s)), lights, wanted, wanted)[0])
    smooth = gaussian_filter(tested, (0, sigma, sigma))
    tell(f"Gaussian filter, best of all by the truth: {sigma} px", smooth, alpha)

    def told(name, model):
        planes, doubt = restore(options, model)
        about = card(model)
        scale = about["target"]["scale"]
        width = scale["high"] - scale["low"]
        top = scale["low"] + width * float(about["settings"]["highest"])
        # Beyond 99 % of what tanh can reach, or at an end of 16 bits.
        saturated = ((planes >= top - 0.01 * width) | (planes <= 0) | (planes >= 65535)).mean()
        with open(f"{model}.time") as file:
            seconds, processor = file.read().split()
        return planes, tell(name, planes, beta, f" {100 * saturated:.3f} % | {doubt.mean() / width:.3f} | {about['steps']} | {seconds} ({processor}) |")

    pictures = [("noisy", (tested - OFFSET) / LOW_GAIN / LOW_PHOTONS)]
    passed = []
    if "restored" in options.only:
        for seed in options.seeds:
            planes, (psnr, earth, dice) = told(f"c2gan, seed {seed}", train(options, f"small_{seed}", seed, {}))
            passed.append((psnr - noisy[0], earth / noisy[1], dice))
            if seed == options.seeds[0]:
                pictures.append(("restored", (planes - OFFSET) / HIGH_PHOTONS))
    if "supervised" in options.only:
        tell("supervised, small generator", supervised(options, lights, tested, learned), beta)
    if "inverted" in options.only:
        for seed in options.seeds:
            model = train(options, f"small_{seed}", seed, {})
            start = f"{options.folder}/turned_around_{seed}.safetensors"
            turned_around(model, start, seed)
            for name, overrides in (("off", "content_weight=0, content_floor=0"), ("on", "none")):
                settings = {"start_file": start, "steps": INVERTED_STEPS, "overrides": f'"{overrides}"'}
                planes, _ = told(f"turned around, structure term {name}, seed {seed}", train(options, f"inverted_{name}_{seed}", seed, settings))
                if seed == options.seeds[0]:
                    pictures.append((name, (planes - OFFSET) / HIGH_PHOTONS))
    pictures.append(("truth", lights))
    for psnr, earth, dice in passed:
        rows.append(f"\n{psnr:+.2f} dB over the noisy planes (at least 5), earth mover {earth:.2f} of theirs (at most 0.5), Dice {dice:.3f} (at least 0.9).")
    with open(f"{options.folder}/figures.md", "w") as file:
        file.write("\n".join(rows) + "\n")
    sheet = np.concatenate([np.concatenate([np.clip(planes[i] / 1.2, 0, 1) for _, planes in pictures], 1) for i in (0, 1)], 0)
    Image.fromarray((255 * sheet).astype(np.uint8)).save(f"{options.folder}/picture.png")


if __name__ == "__main__":
    main()
