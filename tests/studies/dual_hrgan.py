#!/usr/bin/python3
"""Neurites of two objectives for 3D-dualHRGAN: made-up volumes, training, and how close predictions come to what is known of them.

  dual_hrgan.py run PROGRAM FOLDER [--seeds 1,2,3] [--threads 1] [--steps N] [--overrides NAME=VALUE,...]
      for each seed makes volumes, trains the small preset by 'acquisition train', restores the test volumes by 'acquisition restore', and scores
      what that wrote; what is in FOLDER already is not made again. PROGRAM is acquisition, built in Release. FOLDER receives figures.md and, for
      each seed, picture.png: trilinear, predicted and true volumes of the first test, the brightest along z and along y
  dual_hrgan.py bound FOLDER [--steps N] [--features N]
      what a generator of fine volumes comes to that is taught by mean absolute error of true pairs, made of the fine volumes in FOLDER (a seed's, trained)
      by the true microscope: no unpaired training of as many steps can be expected to do better
  dual_hrgan.py make FOLDER [--seed N]
      writes coarse/*.tif (8 scenes as a low objective sees them, 48 voxels across), fine/*.tif (8 others as a high one does, 144 voxels), and of 6
      further scenes test/coarse_*.tif, test/noisy_*.tif (as the high one sees them), test/fine_*.tif (that without noise) and test/scene_*.npz

A scene has 6 to 10 neurites, random walks of one voxel a step whose direction is 0.9 of the last and 0.1 of a normal vector, of radius
1 to 1.5 voxels, that branch, and 2 somata of radius 6. The high objective blurs by a Gaussian of 1 voxel laterally and 1.3 axially, with 300
photons at the 99.9 % percentile of the images; the low one by 3 and 6 voxels, takes the mean over 3 x 3 x 3 voxels, and has 150 photons there and 0.7
of the gain. Scenes of coarse, fine and test are all different.

Widths at half maximum: Gaussians with an offset fitted to means of five profiles through the centre-lines, 20 voxels from somata and 16 from other neurites,
where a neurite lies within 30 degrees of the plane: across it in xy, along z in xz; medians. Centre-lines: the skeleton of what lies above a third of the
99.9 % percentile, without pieces of fewer than 6 voxels and without somata; precision is the share of it within 2 voxels of a true
centre-line, recall the share of true ones within 2 voxels of it. PSNR against the noise-free image, peak 1 at the fine images' 99.9 % percentile,
after the straight line that fits best and, for predictions, as they are too.

What the generator of coarse volumes made of itself is compared with the true image of the low objective without noise, four voxels from borders, after the straight line
that fits best, whose slope tells its gain; and widths are measured in both, enlarged.

Debian: python3-numpy python3-torch python3-scipy python3-skimage python3-tifffile python3-pil python3-numcodecs.
"""
import argparse
import glob
import importlib.util
import json
import os
import subprocess
import sys
import time

import numpy as np
import tifffile
import torch
from PIL import Image
from scipy import ndimage, optimize, spatial
from skimage.morphology import remove_small_objects, skeletonize_3d

ORACLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles")
sys.path.insert(0, ORACLES)
from read_zarr3 import read  # noqa: E402

# The networks, by another file of this file's name.
NETWORKS = importlib.util.module_from_spec(importlib.util.spec_from_file_location("networks", os.path.join(ORACLES, "dual_hrgan.py")))
NETWORKS.__spec__.loader.exec_module(NETWORKS)

FINER = 3
TESTS = 6
SHIFT = 100.0                                   # the cameras' offset
FINE = {"blur": (1.3, 1.0, 1.0), "photons": 300, "units": 10.0}
COARSE = {"blur": (6.0, 3.0, 3.0), "photons": 150, "units": 7.0}


def scene(random, edge):
    """(specimen, centre-lines as (point, tangent, number of the neurite), centres of somata)"""
    specimen = np.zeros((edge,) * 3, np.float32)
    lines, somata = [], []
    for _ in range(2):
        centre = random.uniform(12, edge - 12, 3)
        somata.append(centre)
        paint(specimen, centre[None], 6.0)
    starts = []
    for number in range(random.integers(6, 11)):
        at, way = random.uniform(0, edge, 3), random.normal(size=3)
        starts.append((number, at, way / np.linalg.norm(way), random.uniform(1, 1.5), 0))
    number = len(starts)
    while starts:
        own, at, way, radius, depth = starts.pop()
        points, ways = [], []
        for _ in range(200):
            if np.any(at < 0) or np.any(at > edge - 1):
                break
            points.append(at.copy())
            ways.append(way.copy())
            way = 0.9 * way + 0.1 * random.normal(size=3)
            way /= np.linalg.norm(way)
            at = at + way
            if depth < 2 and random.random() < 0.008:
                aside = way + 0.8 * random.normal(size=3)
                starts.append((number, at.copy(), aside / np.linalg.norm(aside), max(1.0, 0.9 * radius), depth + 1))
                number += 1
        if len(points) < 10:
            continue
        paint(specimen, np.array(points), radius)
        lines.append((own, np.array(points), np.array(ways)))
    return specimen, lines, np.array(somata)


def paint(specimen, points, radius):
    """Balls along a line, with an edge one voxel wide."""
    tree = spatial.cKDTree(points)
    low = np.maximum(np.floor(points.min(0) - radius - 1).astype(int), 0)
    high = np.minimum(np.ceil(points.max(0) + radius + 2).astype(int), specimen.shape)
    if np.any(high <= low):
        return
    box = tuple(slice(a, b) for a, b in zip(low, high))
    near = np.stack(np.meshgrid(*[np.arange(a, b) for a, b in zip(low, high)], indexing="ij"), -1).reshape(-1, 3)
    distance = tree.query(near, distance_upper_bound=radius + 1, workers=1)[0]
    value = np.clip(radius + 0.5 - distance, 0, 1).reshape(specimen[box].shape)
    specimen[box] = np.maximum(specimen[box], value)


def seen(specimen, by):
    image = ndimage.gaussian_filter(specimen, by["blur"], mode="constant", truncate=4)
    return coarser(image) if by is COARSE else image


def coarser(image):
    n = [extent // FINER for extent in image.shape]
    return image.reshape(n[0], FINER, n[1], FINER, n[2], FINER).mean((1, 3, 5))


def recorded(image, by, bright, random):
    """Camera units of an image whose library has `bright` at its 99.9 % percentile."""
    photons = random.poisson(np.maximum(image, 0) / bright * by["photons"] + 0.5)
    return np.clip(np.round(SHIFT + by["units"] * photons), 0, 65535).astype(np.uint16)


def make(folder, seed, scenes, tests, edge):
    random = np.random.default_rng(seed)
    for name in ("coarse", "fine", "test"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    coarse = [seen(scene(random, edge)[0], COARSE) for _ in range(scenes)]
    fine = [seen(scene(random, edge)[0], FINE) for _ in range(scenes)]
    bright = {"coarse": float(np.percentile(np.stack(coarse), 99.9)), "fine": float(np.percentile(np.stack(fine), 99.9))}
    for i in range(scenes):
        tifffile.imwrite(os.path.join(folder, "coarse", f"{i:02}.tif"), recorded(coarse[i], COARSE, bright["coarse"], random))
        tifffile.imwrite(os.path.join(folder, "fine", f"{i:02}.tif"), recorded(fine[i], FINE, bright["fine"], random))
    for i in range(tests):
        specimen, lines, somata = scene(random, edge)
        test = os.path.join(folder, "test")
        truth = seen(specimen, FINE)
        tifffile.imwrite(os.path.join(test, f"coarse_{i:02}.tif"), recorded(seen(specimen, COARSE), COARSE, bright["coarse"], random))
        tifffile.imwrite(os.path.join(test, f"noisy_{i:02}.tif"), recorded(truth, FINE, bright["fine"], random))
        clean = SHIFT + FINE["units"] * (truth / bright["fine"] * FINE["photons"] + 0.5)
        tifffile.imwrite(os.path.join(test, f"fine_{i:02}.tif"), clean.astype(np.float32))
        np.savez(os.path.join(test, f"scene_{i:02}.npz"), somata=somata,
                 numbers=np.concatenate([np.full(len(points), own) for own, points, _ in lines]),
                 points=np.concatenate([points for _, points, _ in lines]), ways=np.concatenate([ways for _, _, ways in lines]))
    with open(os.path.join(folder, "made.json"), "w") as file:
        json.dump({"seed": seed, "edge": edge, **bright}, file)


def trilinear(coarse):
    """Three times finer on each axis, voxel k of the coarse grid covering 3k to 3k + 2; borders repeat."""
    for axis in range(3):
        n = coarse.shape[axis]
        at = np.clip((np.arange(FINER * n) + 0.5) / FINER - 0.5, 0, n - 1)
        below = np.minimum(at.astype(int), n - 2)
        share = (at - below).reshape([-1 if a == axis else 1 for a in range(3)])
        coarse = np.take(coarse, below, axis) * (1 - share) + np.take(coarse, below + 1, axis) * share
    return coarse


def skeleton(image, threshold, somata):
    mask = remove_small_objects(image > threshold, 27)
    lines = remove_small_objects(skeletonize_3d(mask) > 0, 6, connectivity=3)
    found = np.argwhere(lines)
    return far(found, somata, 10)


def far(points, somata, distance):
    if len(points) == 0:
        return points
    return points[spatial.cKDTree(somata).query(points)[0] > distance]


def places(truth, edge):
    """Places to measure widths at: (points, ways), every third voxel along neurites."""
    points, ways, numbers = truth["points"], truth["ways"], truth["numbers"]
    tree = spatial.cKDTree(points)
    keep = []
    for i in range(0, len(points), 3):
        inside = np.all(points[i] > 14) and np.all(points[i] < edge - 15)
        flat = abs(ways[i][0]) < 0.5
        if not inside or not flat or np.min(np.linalg.norm(truth["somata"] - points[i], axis=1)) < 6 + 14:
            continue
        near = tree.query_ball_point(points[i], 16)
        if all(numbers[j] == numbers[i] for j in near):
            keep.append(i)
    return points[keep], ways[keep]


def width(profile):
    """Width at half maximum of a Gaussian with an offset, voxels; None where there is none."""
    t = np.arange(len(profile)) - len(profile) // 2
    low, high = profile.min(), profile.max()

    def model(t, height, centre, sigma, base):
        return height * np.exp(-((t - centre) / sigma) ** 2 / 2) + base

    try:
        (height, centre, sigma, _), _ = optimize.curve_fit(
            model, t, profile, (high - low, 0, 2, low), bounds=([0, -6, 0.3, -np.inf], [np.inf, 6, 14, np.inf]), max_nfev=400)
    except (RuntimeError, ValueError):
        return None
    return 2.3548 * sigma if height > 0.05 and sigma < 13.9 else None


def widths(image, truth):
    """Median widths (xy, xz) of means over 5 neighbouring profiles, and how many of the places had one."""
    points, ways = places(truth, image.shape[0])
    across, along = [], []
    steps = np.arange(-13, 14)
    for i in range(0, len(points) - 4, 5):
        xy, z = np.zeros(len(steps)), np.zeros(len(steps))
        if np.linalg.norm(points[i + 4] - points[i]) > 20:
            continue
        for point, way in zip(points[i:i + 5], ways[i:i + 5]):
            normal = np.array([0, way[2], -way[1]]) / np.hypot(way[1], way[2])
            xy += ndimage.map_coordinates(image, (point[:, None] + normal[:, None] * steps), order=1, mode="nearest") / 5
            z += ndimage.map_coordinates(image, (point[:, None] + np.array([1.0, 0, 0])[:, None] * steps), order=1, mode="nearest") / 5
        across.append(width(xy))
        along.append(width(z))
    return across, along


def median(found):
    had = [w for w in found if w is not None]
    return float(np.median(had)) if had else float("nan")


def psnr(image, truth):
    return float(-10 * np.log10(np.mean((image - truth) ** 2)))


def fitted(image, truth):
    slope, base = np.polyfit(image.ravel(), truth.ravel(), 1)
    return slope * image + base


def score(folder, image_of, names=("trilinear", "predicted")):
    """Measures of test images: image_of(name, i) gives an image in scaled units, 0 and 1 at the percentiles of fine images."""
    fine = np.stack([tifffile.imread(path) for path in sorted(glob.glob(os.path.join(folder, "fine", "*.tif")))])
    low, high = np.percentile(fine, 1), np.percentile(fine, 99.9)
    out = {}
    tests = sorted(glob.glob(os.path.join(folder, "test", "fine_*.tif")))
    for name in ("truth", *names):
        across, along, hits, found, met, true, plain, best = [], [], 0, 0, 0, 0, [], []
        for i, path in enumerate(tests):
            clean = (tifffile.imread(path).astype(np.float64) - low) / (high - low)
            truth = np.load(os.path.join(folder, "test", f"scene_{i:02}.npz"))
            image = clean if name == "truth" else image_of(name, i, low, high)
            assert image.shape == clean.shape, f"{image.shape} where {clean.shape} is expected"
            a, b = widths(image, truth)
            across += a
            along += b
            lines = far(truth["points"], truth["somata"], 10)
            lit = skeleton(image, np.percentile(image, 99.9) / 3, truth["somata"])
            if len(lit):
                hits += int(np.sum(spatial.cKDTree(lines).query(lit)[0] <= 2))
                met += int(np.sum(spatial.cKDTree(lit).query(lines)[0] <= 2))
            found += len(lit)
            true += len(lines)
            if name != "truth":
                plain.append(psnr(image, clean))
                best.append(psnr(fitted(image, clean), clean))
        out[name] = {"width_xy": median(across), "width_xz": median(along), "places": len(across),
                     "without": sum(w is None for w in across) + sum(w is None for w in along),
                     "precision": hits / max(found, 1), "recall": met / max(true, 1)}
        if name != "truth":
            out[name] |= {"psnr": float(np.mean(plain)), "psnr_fitted": float(np.mean(best))}
    for name in names[1:]:
        for plane in ("xy", "xz"):
            key = f"width_{plane}"
            out[name][f"off_{plane}"] = out[name][key] / out["truth"][key] - 1
            out[name][f"closed_{plane}"] = (out["trilinear"][key] - out[name][key]) / (out["trilinear"][key] - out["truth"][key])
    return out


def bright_sheet(path, volumes, greatest):
    """The brightest along z above, along y below."""
    rows = [np.concatenate([np.pad(np.clip(v.max(axis) / m, 0, 1), 2, constant_values=1) for v, m in zip(volumes, greatest)], 1) for axis in (0, 1)]
    Image.fromarray((255 * np.concatenate(rows)).astype(np.uint8)).save(path)


def opened(path):
    """(card, weights of each network by name) of model.safetensors"""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    card, networks = json.loads(header.pop("__metadata__")["card"]), {}
    for name, tensor in header.items():
        network, own = name.split(".", 1)
        first, after = tensor["data_offsets"]
        networks.setdefault(network, {})[own] = torch.from_numpy(np.frombuffer(data[first:after], "<f4").reshape(tensor["shape"]).copy())
    return card, networks


def scaled(image, of):
    return (image - of["scale"]["low"]) / (of["scale"]["high"] - of["scale"]["low"])


def photons(fine, made):
    """Photons that the low objective expects of a volume in camera units of the high one, which blurs less; little of its noise is left."""
    specimen = ((fine - SHIFT) / FINE["units"] - 0.5) / FINE["photons"] * made["fine"]
    more = [np.sqrt(low ** 2 - high ** 2) for low, high in zip(COARSE["blur"], FINE["blur"])]
    return coarser(ndimage.gaussian_filter(specimen, more, mode="constant", truncate=4)) / made["coarse"] * COARSE["photons"] + 0.5


def batch(image):
    return torch.from_numpy(np.ascontiguousarray(image, np.float32))[None, None]


def microscope(folder, card, networks):
    """What F makes of the high objective's images of test volumes, in words."""
    with open(f"{folder}/made.json") as file:
        made = json.load(file)
    settings, found, wanted, fits = card["settings"], ([], []), ([], []), []
    for i in range(TESTS):
        true = scaled(SHIFT + COARSE["units"] * photons(tifffile.imread(f"{folder}/test/fine_{i:02}.tif").astype(float), made), card["input"])
        with torch.no_grad():
            noisy = batch(scaled(tifffile.imread(f"{folder}/test/noisy_{i:02}.tif").astype(float), card["target"]))
            image = NETWORKS.degradation(
                networks["degradation"], noisy, settings["strides_first"] == "true", settings["adds_means"] == "true", float(settings["coarse_slope"]))[0, 0].numpy()
        image, true = (np.pad(v[4:-4, 4:-4, 4:-4], 4, mode="edge") for v in (image, true))
        slope, base = np.polyfit(image.ravel(), true.ravel(), 1)
        fits.append((np.sqrt(np.mean((slope * image + base - true) ** 2)), np.std(true), 1 / slope))
        truth = np.load(f"{folder}/test/scene_{i:02}.npz")
        for of, volume in ((found, image), (wanted, true)):
            for kept, measured in zip(of, widths(trilinear(volume.astype(float)), truth)):
                kept += measured
    error, spread, gain = np.mean(fits, 0)
    return (f"Neurites in F(h) are {median(found[0]):.2f} and {median(found[1]):.2f} wide, in the true image {median(wanted[0]):.2f} and {median(wanted[1]):.2f}; "
            f"its error is {error:.4f} (deviation of the image {spread:.4f}), its gain {gain:.2f}.")


def bound(options):
    """Trains on true pairs, with the settings of the seed's model."""
    folder, edge, rate, margin = options.folder, 14, 3e-3, 2
    card, _ = opened(f"{folder}/model/model.safetensors")
    with open(f"{folder}/made.json") as file:
        made = json.load(file)
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    random, blocks = np.random.default_rng(1), int(card["settings"]["blocks"])
    features = options.features or int(card["settings"]["features"])
    weights = {}

    def add(name, outputs, inputs, kernel):
        direction = torch.nn.init.kaiming_uniform_(torch.empty(outputs, inputs, kernel, kernel, kernel), a=5 ** 0.5)
        length = direction.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1, 1)
        for part, value in (("weight_v", direction), ("weight_g", length), ("bias", torch.zeros(outputs))):
            weights[f"{name}.{part}"] = value.requires_grad_()

    add("head", features, 1, 3)
    for i in range(blocks):
        add(f"blocks.{i}.expand", 6 * features, features, 1)
        add(f"blocks.{i}.reduce", int(0.8 * features), 6 * features, 1)
        add(f"blocks.{i}.restore", features, int(0.8 * features), 3)
    add("tail", FINER ** 3, features, 3)
    units = [tifffile.imread(path).astype(float) for path in sorted(glob.glob(f"{folder}/fine/*.tif"))]
    fine, light = [scaled(volume, card["target"]) for volume in units], [photons(volume, made) for volume in units]
    adam = torch.optim.Adam(weights.values(), lr=rate, betas=(0.9, 0.99))
    for step in range(options.steps):
        for group in adam.param_groups:
            group["lr"] = rate * (0.05 + 0.95 * (1 + np.cos(np.pi * step / options.steps)) / 2)
        while True:
            of, at = random.integers(len(fine)), random.integers(0, light[0].shape[0] - edge + 1, 3)
            h = fine[of][tuple(slice(FINER * a, FINER * (a + edge)) for a in at)]
            if np.mean(h > 0.1) >= 0.005 or random.random() < 0.1:
                break
        counts = random.poisson(np.maximum(light[of][tuple(slice(a, a + edge) for a in at)], 0))
        low = scaled(SHIFT + COARSE["units"] * counts, card["input"])
        for axis in range(3):
            if random.random() < 0.5:
                low, h = np.flip(low, axis), np.flip(h, axis)
        if random.random() < 0.5:
            low, h = np.swapaxes(low, 1, 2), np.swapaxes(h, 1, 2)
        loss = NETWORKS.inside(NETWORKS.generator(weights, batch(low), True) - batch(h), FINER * margin).abs().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()

    def image_of(name, i, fine_low, fine_high):
        coarse = scaled(tifffile.imread(f"{folder}/test/coarse_{i:02}.tif").astype(float), card["input"])
        with torch.no_grad():
            return NETWORKS.generator(weights, batch(coarse), True)[0, 0].numpy().astype(float) if name == "predicted" else trilinear(coarse)

    for name, of in score(folder, image_of).items():
        print(name, {key: round(value, 3) for key, value in of.items()})


def seeded(options, seed):
    """Figures of a seed: (scores, mean |F(G(l)) - l| in scaled units, seconds, processor's seconds, steps of the weights, what F makes)."""
    folder = os.path.join(options.folder, str(seed))
    if not os.path.exists(f"{folder}/made.json"):
        make(folder, seed, 8, TESTS, 144)
    model = f"{folder}/model"
    if not os.path.exists(f"{folder}/time"):
        with open(f"{folder}/train.yaml", "w") as file:
            changes = f"  overrides: \"{options.overrides}\"\n" if options.overrides else ""
            file.write(f"training:\n  input: {folder}/coarse\n  target: {folder}/fine\n  preset: small\n  steps: {options.steps}\n  patience: 0\n{changes}"
                       f'  input_voxel_um: "3,3,3"\n  target_voxel_um: "1,1,1"\nrestoration:\n  seed: {seed}\n  threads: {options.threads}\n')
        began, times = time.monotonic(), os.times()
        subprocess.run([options.program, "train", "dual-hrgan", "--config", f"{folder}/train.yaml", "--output", model], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        with open(f"{folder}/time", "w") as file:
            file.write(f"{time.monotonic() - began:.0f} {after.children_user + after.children_system - times.children_user - times.children_system:.0f}")
    with open(f"{folder}/time") as file:
        seconds = file.read().split()
    card, networks = opened(f"{model}/model.safetensors")
    (low, high), residuals = (card["input"]["scale"][key] for key in ("low", "high")), []
    with open(f"{folder}/restore.yaml", "w") as file:
        file.write(f"restoration:\n  model: dual-hrgan\n  threads: {options.threads}\nprediction:\n  weights_file: {model}/model.safetensors\nstorage:\n  root: {folder}\n")
    for i in range(TESTS):
        if not os.path.exists(f"{folder}/restored_{i}.done"):
            subprocess.run([options.program, "restore", f"{folder}/test/coarse_{i:02}.tif", "--voxel", "3,3,3", "--config", f"{folder}/restore.yaml",
                            "--output", f"{folder}/restored_{i}"], check=True, stdout=subprocess.DEVNULL)
            open(f"{folder}/restored_{i}.done", "w").close()

    def image_of(name, i, fine_low, fine_high):
        coarse = scaled(tifffile.imread(f"{folder}/test/coarse_{i:02}.tif").astype(float), card["input"])
        if name == "trilinear":
            return trilinear(coarse)
        restored = read(f"{folder}/restored_{i}/restored.zarr")[0][0, 0].astype(float)
        doubt = read(f"{folder}/restored_{i}/uncertainty.zarr")[0][0, 0].astype(float)
        with open(f"{folder}/restored_{i}/restored.zarr/provenance.jsonl") as file:
            scale = json.loads(file.readline())["uncertainty"]
        residuals.append(np.mean(np.where(doubt > 0, scale["largest"] * 2 ** ((doubt - 255) / scale["steps_per_octave"]), 0)) / (high - low))
        restored = (restored - fine_low) / (fine_high - fine_low)
        if i == 0:
            clean = (tifffile.imread(f"{folder}/test/fine_00.tif").astype(float) - fine_low) / (fine_high - fine_low)
            bright_sheet(f"{folder}/picture.png", (trilinear(coarse), restored, clean), (0.6, 1.2, 1.2))
        return restored

    return score(folder, image_of), float(np.mean(residuals)), *map(float, seconds), card["steps"], microscope(folder, card, networks)


def run(options):
    lines = ["| seed | volume | width xy | width xz | off xy | off xz | gap closed xy | gap closed xz | precision | recall | PSNR, dB | after the best straight line |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    spent = []
    for seed in options.seeds.split(","):
        scores, residual, seconds, busy, steps, taught = seeded(options, int(seed))
        for name, of in scores.items():
            off = " | ".join(f"{100 * of[key]:.0f} %" if key in of else "" for key in ("off_xy", "off_xz", "closed_xy", "closed_xz"))
            peaks = " | ".join(f"{of[key]:.2f}" if key in of else "" for key in ("psnr", "psnr_fitted"))
            lines.append(f"| {seed} | {name} | {of['width_xy']:.2f} | {of['width_xz']:.2f} | {off} | {of['precision']:.3f} | {of['recall']:.3f} | {peaks} |")
        spent.append(f"Seed {seed}: mean |F(G(l)) - l| {residual:.4f}, {seconds / 60:.0f} minutes of training, {busy / 60:.0f} of a processor core, weights of step {steps}; "
                     f"{scores['truth']['places']} places, {scores['predicted']['without']} without a width. {taught}")
        print("\n".join(lines[-3:] + spent[-1:]), flush=True)
    with open(os.path.join(options.folder, "figures.md"), "w") as file:
        file.write("\n".join(lines + [""] + spent) + "\n")


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    whole = commands.add_parser("run")
    whole.add_argument("program")
    whole.add_argument("folder")
    whole.add_argument("--seeds", default="1,2,3")
    whole.add_argument("--threads", type=int, default=1)
    whole.add_argument("--steps", default="preset")
    whole.add_argument("--overrides", default="")
    taught = commands.add_parser("bound")
    taught.add_argument("folder")
    taught.add_argument("--steps", type=int, default=6000)
    taught.add_argument("--features", type=int, default=0)
    taught.add_argument("--threads", type=int, default=1)
    made = commands.add_parser("make")
    made.add_argument("folder")
    made.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder = os.path.abspath(options.folder)
    if options.command == "run":
        run(options)
    elif options.command == "bound":
        bound(options)
    else:
        make(options.folder, options.seed, 8, TESTS, 144)


if __name__ == "__main__":
    main()
