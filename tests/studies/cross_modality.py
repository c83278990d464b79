#!/usr/bin/python3
"""Cross-modality restoration of made-up beads and nuclei, learned from pairs:

  cross_modality.py PROGRAM FOLDER [--seeds 1,2,3] [--threads 2] [--steps N] [--overrides NAME=VALUE,...] [--nuclei-steps N] [--only beads]

PROGRAM is acquisition, built in Release. FOLDER receives libraries, models, restored scans, figures.md and picture.png; what is there already is not made
again, and training that was cut off goes on. Confocal images are beads of 290 nm and STED images the same beads of 110 nm, from the full
width at half maximum, on pixels of 30 nm, with photon noise, read noise and 0.1 pixel of misregistration. All figures are taken here from images that 'acquisition
restore' wrote of fields no model has seen, by detection and two-dimensional Gaussian fits. Debian: python3-scipy python3-tifffile python3-numcodecs python3-pil.
"""
import argparse
import os
import subprocess
import sys
import time
from itertools import chain

import numpy as np
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.optimize import curve_fit, linear_sum_assignment
from scipy.spatial import cKDTree

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles"))
from read_zarr3 import read  # noqa: E402

EDGE, MARGIN = 128, 20
PIXEL_NM = 30.0
CONFOCAL, STED = 290 / 2.3548 / PIXEL_NM, 110 / 2.3548 / PIXEL_NM
OFFSET, BACKGROUND, READ_NOISE = 100, 3, 1
CONFOCAL_PEAK, STED_PEAK = 200, 100
LEARNED, TESTED = 300, 300
NUCLEI_LEARNED, NUCLEI_TESTED = 100, 30
# Share of the light of a bead of mean amplitude that a local maximum must have to count.
THRESHOLD = 0.2


def bead_places(rng):
    """Beads (y, x, amplitude) over a field and its surroundings: 0.7 per square micrometre, a fifth of them in pairs 80 to 300 nm apart.
    The first and the last of them are pairs, as many as is returned."""
    side = EDGE + 2 * MARGIN
    beads = rng.poisson(0.7 * (side * PIXEL_NM / 1000) ** 2)
    pairs = round(0.1 * beads)
    places = rng.uniform(0, side, (beads - pairs, 2)) - MARGIN
    distance, angle = rng.uniform(80, 300, pairs) / PIXEL_NM, rng.uniform(0, 2 * np.pi, pairs)
    partners = places[:pairs] + distance[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    return np.concatenate([np.concatenate([places, partners]), rng.lognormal(0, 0.4, beads)[:, None]], 1), pairs


def spots(beads, sigma, shift=(0, 0)):
    at = np.arange(EDGE)
    y = np.exp(-((at[None] - beads[:, :1] - shift[0]) ** 2) / (2 * sigma**2))
    x = np.exp(-((at[None] - beads[:, 1:2] - shift[1]) ** 2) / (2 * sigma**2))
    return np.einsum("n,ny,nx->yx", beads[:, 2], y, x)


def camera(rng, light, peak):
    counts = OFFSET + rng.poisson(peak * light + BACKGROUND) + rng.normal(0, READ_NOISE, light.shape)
    return np.clip(np.round(counts), 0, 65535).astype(np.uint16)


def bead_field(rng):
    beads, pairs = bead_places(rng)
    confocal = camera(rng, spots(beads, CONFOCAL), CONFOCAL_PEAK)
    sted = camera(rng, spots(beads, STED, rng.normal(0, 0.1, 2)), STED_PEAK)
    return confocal, sted, spots(beads, STED), beads, pairs


def nucleus_field(rng):
    """A few soft-edged nuclei with chromatin: noise at two scales, raised to bright clumps."""
    side = EDGE + 2 * MARGIN
    y, x = np.mgrid[:side, :side].astype(float)
    inside = np.zeros((side, side))
    for _ in range(3):
        centre, axes, angle = rng.uniform(0, side, 2), rng.uniform(22, 42, 2), rng.uniform(0, np.pi)
        u, v = y - centre[0], x - centre[1]
        along, across = u * np.sin(angle) + v * np.cos(angle), u * np.cos(angle) - v * np.sin(angle)
        inside = np.maximum(inside, 1 / (1 + np.exp(12 * (np.hypot(along / axes[0], across / axes[1]) - 1))))
    fine, coarse = (gaussian_filter(rng.normal(size=(side, side)), sigma) for sigma in (2, 6))
    texture = inside * np.exp(0.8 * fine / fine.std() + 0.5 * coarse / coarse.std())

    def seen(sigma, shift=(0, 0)):
        kernel = [np.exp(-2 * (np.pi * sigma * np.fft.fftfreq(side)) ** 2 - 2j * np.pi * np.fft.fftfreq(side) * s) for s in shift]
        image = np.fft.ifft2(np.fft.fft2(texture) * kernel[0][:, None] * kernel[1][None]).real
        return np.maximum(image, 0)[MARGIN:-MARGIN, MARGIN:-MARGIN] / 3

    truth = seen(STED)
    return camera(rng, seen(CONFOCAL), CONFOCAL_PEAK), camera(rng, seen(STED, rng.normal(0, 0.1, 2)), STED_PEAK), truth


def write(path, images):
    """A folder of TIFFs, or, of a name that ends so, one TIFF with an image a plane; both tell the voxel size."""
    how = dict(imagej=True, resolution=(1000 / PIXEL_NM, 1000 / PIXEL_NM), metadata=dict(spacing=1.0, unit="um", axes="ZYX"))
    if path.endswith(".tif"):
        tifffile.imwrite(path, np.stack(images), **how)
        return
    os.makedirs(path)
    for i, image in enumerate(images):
        tifffile.imwrite(f"{path}/{i:03}.tif", image[None], **how)


def libraries(folder):
    """The fields that are tested on; writes what is learned from where it is missing. Fields depend on their number only."""
    fields = [bead_field(np.random.default_rng([1, i])) for i in range(TESTED)]
    nuclei = [nucleus_field(np.random.default_rng([2, i])) for i in range(NUCLEI_TESTED)]
    if not os.path.exists(f"{folder}/nuclei_tested.tif"):
        learned = [bead_field(np.random.default_rng([3, i])) for i in range(LEARNED)]
        learned_nuclei = [nucleus_field(np.random.default_rng([4, i])) for i in range(NUCLEI_LEARNED)]
        for name, pairs in (("beads", learned), ("nuclei", learned_nuclei)):
            write(f"{folder}/{name}_confocal", [field[0] for field in pairs])
            write(f"{folder}/{name}_sted", [field[1] for field in pairs])
        write(f"{folder}/beads_tested.tif", [field[0] for field in fields])
        write(f"{folder}/nuclei_tested.tif", [field[0] for field in nuclei])
    return fields, nuclei


def train(options, name, specimen, seed, settings):
    """Trains a model; what it takes is noted beside it, so that it is known after a training in pieces, too."""
    folder = f"{options.folder}/{name}"
    if os.path.exists(f"{folder}.time"):
        return folder
    with open(f"{folder}.yaml", "w") as file:
        lines = [f"  input: {options.folder}/{specimen}_confocal", f"  target: {options.folder}/{specimen}_sted", "  preset: small", "  registration: none", "  patience: 0"]
        file.write("\n".join(["training:", *lines, *(f"  {key}: {value}" for key, value in settings.items())]))
        file.write(f'\n  overrides: "{options.overrides}"' if options.overrides else "")
        file.write(f"\nrestoration:\n  seed: {seed}\n  threads: {options.threads}\n")
    began, times = time.monotonic(), os.times()
    subprocess.run([options.program, "train", "cross-modality", "--config", f"{folder}.yaml", "--output", folder], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    with open(f"{folder}.time", "w") as file:
        file.write(f"{time.monotonic() - began:.0f} {after.children_user + after.children_system - times.children_user - times.children_system:.0f}")
    return folder


def restore(options, model, specimen):
    """Restored planes of the tested fields, in camera units of the target."""
    folder = f"{model}_{specimen}_restored"
    if not os.path.exists(f"{folder}.done"):
        with open(f"{folder}.yaml", "w") as file:
            file.write(f"restoration:\n  model: cross-modality\n  threads: {options.threads}\nprediction:\n  weights_file: {model}/model.safetensors\nstorage:\n  root: {options.folder}\n")
        subprocess.run([options.program, "restore", f"{options.folder}/{specimen}_tested.tif", "--config", f"{folder}.yaml", "--output", folder], check=True, stdout=subprocess.DEVNULL)
        open(f"{folder}.done", "w").close()
    return read(f"{folder}/restored.zarr")[0][0, 0].astype(float)


def progress(model, column="held_out_psnr_db"):
    table = np.genfromtxt(f"{model}/progress.csv", delimiter=",", names=True)
    return table["step"], table[column]


def detect(image, threshold):
    """Local maxima (y, x) of a lightly smoothed image above a threshold."""
    smooth = gaussian_filter(image.astype(float), 1)
    return np.argwhere((smooth == maximum_filter(smooth, 3)) & (smooth > threshold)).astype(float)


def matches(a, b, distance):
    """Pairs (i, j) of points that are near each other; each point once, with the smallest sum of distances."""
    if len(a) == 0 or len(b) == 0:
        return np.zeros((0, 2), int)
    apart = np.linalg.norm(a[:, None] - b[None], axis=2)
    i, j = linear_sum_assignment(np.minimum(apart, 10 * distance))
    near = apart[i, j] <= distance
    return np.stack([i[near], j[near]], 1)


def gaussian(at, height, y, x, sigma_y, sigma_x, floor):
    return floor + height * np.exp(-((at[0] - y) ** 2) / (2 * sigma_y**2) - (at[1] - x) ** 2 / (2 * sigma_x**2))


def fit(image, place, half, sigma):
    """Full width at half maximum (nm, geometric mean of both axes) and integral of the bead at a place; None where no fit succeeds."""
    y0, x0 = (int(round(c)) for c in place)
    if min(y0, x0) < half or max(y0, x0) >= EDGE - half:
        return None
    part = image[y0 - half:y0 + half + 1, x0 - half:x0 + half + 1].astype(float)
    at = np.mgrid[y0 - half:y0 + half + 1, x0 - half:x0 + half + 1].reshape(2, -1).astype(float)
    try:
        found, _ = curve_fit(gaussian, at, part.ravel(), (np.ptp(part), y0, x0, sigma, sigma, np.median(part)), maxfev=400)
    except RuntimeError:
        return None
    width = np.sqrt(abs(found[3] * found[4]))
    return 2.3548 * width * PIXEL_NM, 2 * np.pi * found[0] * width**2


def inside(points):
    return ((points >= 4) & (points < EDGE - 4)).all(1)


def bead_score(fields, pictures, sigma):
    """How pictures of bead fields, scaled so that a bead of mean amplitude has height 1, compare with what is known of the fields."""
    half = 5 if sigma < 3 else 10
    # What smoothing leaves of a spot's height.
    seen_in, seen_in_truth = (s**2 / (s**2 + 1) for s in (sigma, STED))
    widths, light, pairs_seen, wanted_count, missed, invented = [], [], [], 0, 0, 0
    for (_, _, truth, beads, pairs), picture in zip(fields, pictures):
        # What a STED image without noise shows, by the same threshold.
        wanted, found = detect(truth, THRESHOLD * seen_in_truth), detect(picture, THRESHOLD * seen_in)
        pairing = matches(wanted, found, 3)
        wanted_count += inside(wanted).sum()
        missed += inside(np.delete(wanted, pairing[:, 0], 0)).sum()
        invented += inside(np.delete(found, pairing[:, 1], 0)).sum()
        places, nearest = beads[:, :2], cKDTree(beads[:, :2]).query(beads[:, :2], 2)[0][:, 1]
        for place, amplitude, apart in zip(places, beads[:, 2], nearest):
            if apart < 20 or not inside(place[None])[0]:
                continue
            near = found[np.linalg.norm(found - place, axis=1) <= 3] if len(found) else []
            result = fit(picture, near[0], half, sigma) if len(near) == 1 else None
            if result is not None:
                widths.append(result[0])
                light.append((amplitude, result[1]))
        for a, b in zip(places[:pairs], places[len(places) - pairs:]):
            third = np.sort(np.linalg.norm(places - (a + b) / 2, axis=1))[2:3]
            if inside(np.stack([a, b])).all() and not (third < 12).any():
                pairs_seen.append((np.linalg.norm(a - b) * PIXEL_NM, len(matches(np.stack([a, b]), found, 2)) == 2))
    apart, resolved = np.array(pairs_seen).T
    return dict(
        width=np.median(widths), quartiles=np.percentile(widths, (25, 75)), fitted=len(widths), beads=int(wanted_count),
        missed=missed / wanted_count, invented=invented / wanted_count, light=np.corrcoef(np.array(light).T)[0, 1],
        resolved={f"{a}-{b}": (resolved[(apart >= a) & (apart < b)].mean(), int(((apart >= a) & (apart < b)).sum())) for a, b in ((80, 120), (120, 150), (150, 200), (200, 300))})


def bead_row(name, score):
    shares = " | ".join(f"{100 * score['resolved'][key][0]:.0f} %" for key in score["resolved"])
    low, high = score["quartiles"]
    return (f"| {name} | {score['width']:.1f} ({low:.1f} to {high:.1f}) | {shares} | {100 * score['missed']:.2f} % | {100 * score['invented']:.2f} % | "
            f"{100 * (score['missed'] + score['invented']):.2f} % | {score['light']:.4f} |")


def scaled(pictures, peak):
    return [(picture.astype(float) - OFFSET - BACKGROUND) / peak for picture in pictures]


def psnr(pictures, fields):
    """Decibels against what is known without noise, brightest sample of all fields for peak; mean over fields."""
    truths = [field[2] for field in fields]
    peak = max(truth.max() for truth in truths)
    return np.mean([10 * np.log10(peak**2 / np.mean((picture - truth) ** 2)) for picture, truth in zip(pictures, truths)])


def sheet(path, rows):
    """Images side by side; each row in one scale, black to white, magnified three times."""
    lines = []
    for row in rows:
        top = np.percentile(row[-1], 99.9)
        lines.append(np.concatenate([np.pad(np.clip(image / top, 0, 1), 1, constant_values=0.5) for image in row], 1))
    Image.fromarray((255 * np.concatenate(lines)).astype(np.uint8).repeat(3, 0).repeat(3, 1)).save(path)


def beads(options, fields):
    confocal, sted = scaled([field[0] for field in fields], CONFOCAL_PEAK), scaled([field[1] for field in fields], STED_PEAK)
    score = bead_score(fields, confocal, CONFOCAL)
    counts = ", ".join(f"{key} nm: {count}" for key, (_, count) in score["resolved"].items())
    yield f"Beads: {TESTED} fields, {score['beads']} beads; pairs by distance {counts}.\n"
    yield "| image | FWHM, nm: median (quartiles) | pairs resolved, 80-120 nm | 120-150 nm | 150-200 nm | 200-300 nm | missed | invented | both | light, r |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield bead_row("confocal", score)
    yield bead_row("STED, as acquired", bead_score(fields, sted, STED))
    yield bead_row("STED, without noise", bead_score(fields, [field[2] for field in fields], STED))
    for seed in options.seeds:
        model = train(options, f"beads_{seed}", "beads", seed, dict(steps=options.steps))
        restored = scaled(restore(options, model, "beads"), STED_PEAK)
        yield bead_row(f"restored, seed {seed}", bead_score(fields, restored, STED))
        if seed == options.seeds[0]:
            sheet(f"{options.folder}/beads.png", [(confocal[i], restored[i], sted[i], fields[i][2]) for i in range(4)])
    yield "\n| training | seconds | processor seconds | weights of step | held-out PSNR, dB (input) |\n|---|---|---|---|---|"
    for seed in options.seeds:
        model = f"{options.folder}/beads_{seed}"
        steps, scores = progress(model)
        yield f"| seed {seed} | {' | '.join(open(f'{model}.time').read().split())} | {steps[scores.argmax()]:.0f} of {steps[-1]:.0f} | {scores.max():.2f} ({progress(model, 'held_out_input_psnr_db')[1][0]:.2f}) |"


def nuclei(options, fields):
    yield f"\nNuclei: {NUCLEI_TESTED} fields; PSNR against nuclei without noise, and on held-out pairs while training.\n"
    yield "| image | PSNR, dB | held-out PSNR, dB | after steps |\n|---|---|---|---|"
    yield f"| confocal | {psnr(scaled([field[0] for field in fields], CONFOCAL_PEAK), fields):.2f} | | |"
    yield f"| STED, as acquired | {psnr(scaled([field[1] for field in fields], STED_PEAK), fields):.2f} | | |"
    for seed in options.seeds:
        start = f"{options.folder}/beads_{seed}"
        yield f"| model of beads, seed {seed} | {psnr(scaled(restore(options, start, 'nuclei'), STED_PEAK), fields):.2f} | | 0 |"
        long = train(options, f"nuclei_{seed}", "nuclei", seed, dict(steps=options.nuclei_steps, report_every=20))
        short = train(options, f"tuned_{seed}", "nuclei", seed, dict(
            steps=options.nuclei_steps * 24 // 100, report_every=10, start_file=f"{start}/model.safetensors"))
        for name, model in (("from scratch", long), ("tuned on from beads", short)):
            steps, scores = progress(model)
            yield f"| {name}, seed {seed} | {psnr(scaled(restore(options, model, 'nuclei'), STED_PEAK), fields):.2f} | {scores.max():.2f} | {steps[scores.argmax()]:.0f} of {steps[-1]:.0f} |"
        yield from (f"| seed {seed}, steps to {level:.2f} dB, scratch and tuned | | | {line} |" for level, line in paces(progress(long), progress(short)))


def paces(long, short):
    """Steps that both trainings need to the same held-out scores: what tuning reached at best, and 0.25 and 0.5 dB less."""
    for below in (0.5, 0.25, 0):
        level = short[1].max() - below
        first, second = (steps[(scores >= level).argmax()] if scores.max() >= level else np.inf for steps, scores in (long, short))
        yield level, f"{first:.0f} and {second:.0f}: {100 * second / first:.0f} %" if np.isfinite(first) else f"not reached and {second:.0f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", default="preset")
    parser.add_argument("--overrides", default="")
    parser.add_argument("--only", choices=["beads"])
    parser.add_argument("--nuclei-steps", type=int, default=500)
    given = parser.parse_args()
    given.folder = os.path.abspath(given.folder)
    os.makedirs(given.folder, exist_ok=True)
    bead_fields, nucleus_fields = libraries(given.folder)
    with open(f"{given.folder}/figures.md", "w") as out:
        for line in chain(beads(given, bead_fields), [] if given.only else nuclei(given, nucleus_fields)):
            print(line, flush=True)
            print(line, file=out, flush=True)
