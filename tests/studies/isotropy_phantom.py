#!/usr/bin/python3
"""Made-up volumes with a known isotropic truth, and how close a restoration comes to it.

  isotropy_phantom.py make FOLDER --case nuclei|membranes [--seed N] [--edge 128]
      writes truth_raw.tif (the specimen), truth_isotropic.tif (blurred equally in all directions), input.tif (what a microscope
      would have acquired: blurred more along z, every 8th or 4th plane, noise) and case.json (widths, ratio, photons)
  isotropy_phantom.py baselines FOLDER [--iterations N]
      writes blurred.tif (input.tif interpolated along z), lucy.tif (that, deconvolved with the blur that it was made with; in double
      precision with borders mirrored) and lucy_split.tif (deconvolved with what the axial blur has beyond the lateral one)
  isotropy_phantom.py score FOLDER/VOLUME.tif [...] [--border N]
      PSNR (dB) against both truths, over the volume and in the xz and yz sections that networks see, and for nuclei the measure SEG
  isotropy_phantom.py score FOLDER
      the same for every volume in the folder

A volume to score is a float32 TIFF, or raw little-endian float32 (.f32) of the truth's shape, (z, y, x), in the input's units.
PSNR is 20 log10(largest value of the truth) - 10 log10(mean square error), eq. 3 of Weigert et al. 2017; sections' are means over sections, each
with its own largest value where that is above a tenth of the volume's. SEG is the mean Jaccard index of reference objects with the segmented object
that covers more than half of them, 0 where there is none. Reference objects are those that the specimen was made of. Segmentation: threshold
between the two modes of the smoothed histogram, as in the article, or Otsu's, for histograms whose second mode is a ripple; holes filled;
watershed of the three-dimensional distance transform.

Needs numpy, scipy, scikit-image and tifffile (Debian: python3-numpy python3-scipy python3-skimage python3-tifffile).
"""
import argparse
import glob
import json
import os
import sys

import numpy as np
import tifffile
from scipy import ndimage

TRUTHS = ("truth_isotropic", "truth_raw")
CASES = {
    "nuclei": {"lateral": 2.0, "axial": 8.0, "ratio": 8},
    "membranes": {"lateral": 1.2, "axial": 3.6, "ratio": 4},
}
PHOTONS, READ_NOISE = 400, 0.005


def blur(volume, lateral, axial):
    return ndimage.gaussian_filter(volume, (axial, lateral, lateral), mode="reflect", truncate=4)


def turned(random):
    """A random rotation."""
    q, r = np.linalg.qr(random.normal(size=(3, 3)))
    return q * np.sign(np.diag(r))


def nuclei(edge, random):
    """Ellipsoids that do not touch, with texture; and their numbers, for whoever wants the true objects."""
    count = max(1, round(1500 * (edge / 512) ** 3))
    texture = 0.7 * unit(random, edge, 3) + 0.5 * unit(random, edge, 1.2)
    grid = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), -1).astype(np.float32)
    labels = np.zeros((edge,) * 3, np.uint8 if count < 256 else np.uint16)
    volume = np.zeros((edge,) * 3)
    placed = tries = 0
    while placed < count:
        tries += 1
        if tries > 100_000:
            raise SystemExit(f"only {placed} of {count} nuclei found room")
        centre, axes = random.uniform(0, edge, 3), random.uniform(9, 14, 3)
        low = np.maximum(np.floor(centre - axes.max()), 0).astype(int)
        high = np.minimum(np.ceil(centre + axes.max()) + 1, edge).astype(int)
        box = tuple(slice(a, b) for a, b in zip(low, high))
        inside = (((grid[box] - centre) @ turned(random) / axes) ** 2).sum(-1) < 1
        # One voxel of dark between any two.
        if not inside.any() or labels[box][ndimage.binary_dilation(inside)].any():
            continue
        placed += 1
        labels[box][inside] = placed
        volume[box][inside] = random.uniform(0.6, 1)
    volume *= np.clip(1 + 0.35 * texture, 0, None)
    return volume / volume.max(), labels


def unit(random, edge, sigma):
    noise = ndimage.gaussian_filter(random.normal(size=(edge,) * 3), sigma, mode="wrap")
    return noise / noise.std()


def membranes(edge, random):
    """Walls of 1.5 pixels between the cells of 40 seeds for each 128 pixels cubed."""
    from scipy.spatial import cKDTree

    count = max(4, round(40 * (edge / 128) ** 3))
    seeds = random.uniform(0, edge, (count, 3))
    points = np.stack(np.meshgrid(*[np.arange(edge)] * 3, indexing="ij"), -1).reshape(-1, 3)
    distances, nearest = cKDTree(seeds).query(points, k=2)
    # Distance to the plane halfway between the two nearest seeds.
    wall = (distances[:, 1] ** 2 - distances[:, 0] ** 2) / (2 * np.linalg.norm(seeds[nearest[:, 0]] - seeds[nearest[:, 1]], axis=1))
    return np.clip(1.25 - wall, 0, 1).reshape((edge,) * 3), None


def make(arguments):
    os.makedirs(arguments.folder, exist_ok=True)
    random = np.random.default_rng(arguments.seed)
    case = dict(CASES[arguments.case], case=arguments.case, seed=arguments.seed, photons=PHOTONS, read_noise=READ_NOISE)
    raw, labels = (nuclei if arguments.case == "nuclei" else membranes)(arguments.edge, random)
    acquired = blur(raw, case["lateral"], case["axial"])[:: case["ratio"]]
    acquired = random.poisson(acquired * PHOTONS) / PHOTONS + random.normal(0, READ_NOISE, acquired.shape)
    write(arguments.folder, "truth_raw", raw)
    write(arguments.folder, "truth_isotropic", blur(raw, case["lateral"], case["lateral"]))
    write(arguments.folder, "input", acquired)
    if labels is not None:
        tifffile.imwrite(os.path.join(arguments.folder, "labels.tif"), labels)
    with open(os.path.join(arguments.folder, "case.json"), "w", encoding="utf-8") as file:
        json.dump(case, file, indent=1)
    print(f"{arguments.folder}: input {acquired.shape}, truth {raw.shape}")


def write(folder, name, volume):
    tifffile.imwrite(os.path.join(folder, name + ".tif"), np.asarray(volume, np.float32))


def read(path, shape=None):
    if path.endswith(".f32"):
        return np.fromfile(path, "<f4").reshape(shape).astype(float)
    return tifffile.imread(path).astype(float)


def keys(t):
    a = np.abs(t)
    return np.where(a <= 1, 1.5 * a**3 - 2.5 * a**2 + 1, np.where(a <= 2, -0.5 * a**3 + 2.5 * a**2 - 4 * a + 2, 0))


def upsample(stack, ratio, planes):
    """Cubic interpolation along z, plane k of the stack at ratio * k."""
    out = np.zeros((planes,) + stack.shape[1:])
    for z in range(planes):
        below = int(np.floor(z / ratio))
        for k in range(below - 1, below + 3):
            out[z] += keys(z / ratio - k) * stack[min(max(k, 0), len(stack) - 1)]
    return out


def lucy(volume, lateral, axial, iterations):
    """Richardson-Lucy with a Gaussian, whose blur is separable."""
    data, estimate = np.clip(volume, 0, None), np.full(volume.shape, max(volume.mean(), 1e-9))
    for _ in range(iterations):
        estimate *= blur(data / np.maximum(blur(estimate, lateral, axial), 1e-9), lateral, axial)
    return estimate


def baselines(arguments):
    with open(os.path.join(arguments.folder, "case.json"), encoding="utf-8") as file:
        case = json.load(file)
    stack = read(os.path.join(arguments.folder, "input.tif"))
    blurred = upsample(stack, case["ratio"], len(stack) * case["ratio"])
    write(arguments.folder, "blurred", blurred)
    write(arguments.folder, "lucy", lucy(blurred, case["lateral"], case["axial"], arguments.iterations))
    write(arguments.folder, "lucy_split", lucy(blurred, 0, (case["axial"] ** 2 - case["lateral"] ** 2) ** 0.5, arguments.iterations))


def psnr(volume, truth):
    return 20 * np.log10(truth.max()) - 10 * np.log10(np.mean((volume - truth) ** 2))


def section_psnr(volume, truth):
    found = []
    for axis in (1, 2):
        for v, t in zip(np.moveaxis(volume, axis, 0), np.moveaxis(truth, axis, 0)):
            if t.max() > 0.1 * truth.max():
                found.append(psnr(v, t))
    return np.mean(found)


def segment(volume, threshold):
    from skimage.segmentation import watershed

    mask = ndimage.binary_fill_holes(volume > threshold)
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1)
    peaks = (distance == ndimage.maximum_filter(distance, 11)) & mask
    return watershed(-distance, ndimage.label(peaks, np.ones((3, 3, 3)))[0], mask=mask)


def intermodes(volume):
    """Prewitt and Mendelsohn 1966: the histogram is smoothed until it has two modes; halfway between them. Infinite where it never has."""
    counts, edges = np.histogram(np.clip(volume, None, np.percentile(volume, 99.9)), 256)
    counts = counts.astype(float)
    for _ in range(10_000):
        padded = np.pad(counts, 1)
        modes = np.flatnonzero((counts > padded[:-2]) & (counts >= padded[2:]))
        if len(modes) == 2:
            return (edges[modes[0]] + edges[modes[1]] + edges[1] - edges[0]) / 2
        if len(modes) < 2:
            break
        counts = ndimage.uniform_filter1d(counts, 3, mode="nearest")
    return np.inf


def seg(reference, found):
    """Mean over reference objects of the Jaccard index with the object that covers more than half of them."""
    sizes, total, count = np.bincount(found.ravel()), 0.0, 0
    for label in np.unique(reference[reference > 0]):
        inside = reference == label
        overlaps = np.bincount(found[inside], minlength=1)
        overlaps[0] = 0
        best, area = overlaps.argmax(), inside.sum()
        count += 1
        if overlaps[best] > area / 2:
            total += overlaps[best] / (area + sizes[best] - overlaps[best])
    return total / max(count, 1)


def score(arguments):
    paths = arguments.volumes
    if len(paths) == 1 and os.path.isdir(paths[0]):
        known = {name + ".tif" for name in (*TRUTHS, "input", "labels")}
        paths = sorted(p for p in glob.glob(os.path.join(paths[0], "*.*")) if p.endswith((".tif", ".f32")) and os.path.basename(p) not in known)
        paths = [os.path.join(arguments.volumes[0], "truth_isotropic.tif")] + paths
    from skimage.filters import threshold_otsu

    folder = os.path.dirname(paths[0]) or "."
    truths = [read(os.path.join(folder, name + ".tif")) for name in TRUTHS]
    inner = tuple([slice(arguments.border, -arguments.border or None)] * 3)
    labels = os.path.join(folder, "labels.tif")
    segmented = os.path.exists(labels) and not arguments.no_segmentation
    thresholds = (intermodes, threshold_otsu) if segmented else ()
    reference = tifffile.imread(labels) if segmented else None
    print("| volume | isotropic, dB | raw, dB | sections isotropic, dB | sections raw, dB |" + " SEG, intermodes | SEG, Otsu |" * segmented)
    print("|---|---|---|---|---|" + "---|---|" * segmented)
    for path in paths:
        volume = read(path, truths[0].shape)
        if volume.shape != truths[0].shape:
            raise SystemExit(f"{path} is {volume.shape}; the truth is {truths[0].shape}")
        if not np.isfinite(volume).all():
            raise SystemExit(f"{path} has values that are not finite")
        cells = [f"{measure(volume[inner], truth[inner]):.2f}" for measure in (psnr, section_psnr) for truth in truths]
        cells += [f"{seg(reference, segment(volume, threshold(volume))):.3f}" for threshold in thresholds]
        print(f"| {os.path.basename(path)} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make")
    command.add_argument("folder")
    command.add_argument("--case", choices=sorted(CASES), required=True)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--edge", type=int, default=128)
    command.set_defaults(run=make)
    command = commands.add_parser("baselines")
    command.add_argument("folder")
    command.add_argument("--iterations", type=int, default=20)
    command.set_defaults(run=baselines)
    command = commands.add_parser("score")
    command.add_argument("volumes", nargs="+")
    command.add_argument("--border", type=int, default=0)
    command.add_argument("--no-segmentation", action="store_true")
    command.set_defaults(run=score)
    arguments = parser.parse_args()
    with np.errstate(divide="ignore"):
        arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
