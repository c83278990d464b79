#!/usr/bin/python3
"""Made-up volumes with a known isotropic truth, and how close a restoration comes to it.

  isotropy_phantom.py make FOLDER --case nuclei|membranes|confocal [--seed N] [--edge 128]
      writes truth_raw.tif (the specimen), truth_isotropic.tif (blurred equally in all directions), input.tif (what a microscope
      would have acquired: blurred more along z, every 8th or 4th plane, noise) and case.json (widths, ratio, photons); nuclei and
      membranes are blurred by Gaussians, confocal is membranes blurred by a computed point spread function, which goes to psf.tif;
      truth_isotropic.tif has the lateral blur in all directions, truth_average.tif the mean of the blur over all directions
  isotropy_phantom.py baselines FOLDER [--iterations N]
      writes blurred.tif (input.tif interpolated along z), lucy.tif (that, deconvolved with the blur that it was made with; in double
      precision with borders mirrored) and lucy_split.tif (deconvolved with what the axial blur has beyond the lateral one)
  isotropy_phantom.py score FOLDER/VOLUME.tif [...] [--border N] [--average]
      PSNR (dB) against both truths, over the volume and in the xz and yz sections that networks see, and for nuclei the measure SEG;
      --average takes truth_average.tif for the isotropic one
  isotropy_phantom.py score FOLDER
      the same for every volume in the folder
  isotropy_phantom.py check FOLDER/VOLUME.tif [...]
      what SEG owes to the segmentation: SEG with the watershed's seeds from scikit-image instead, the true mask cut by the watershed,
      modes of the histogram, and the best SEG of any threshold
  isotropy_phantom.py sharpness FOLDER
      PSNR against both truths of the specimen blurred by Gaussians alone: what a restoration without error has at that sharpness
  isotropy_phantom.py beads FILE.tif Z Y X
      standard deviations, µm, of Gaussians through the beads of a stack with voxels of Z, Y and X µm

A volume to score is a float32 TIFF, or raw little-endian float32 (.f32) of the truth's shape, (z, y, x), in the input's units.
PSNR is 20 log10(largest value of the truth) - 10 log10(mean square error), eq. 3 of Weigert et al. 2017; sections' are means over sections, each
with its own largest value where that is above a tenth of the volume's. SEG is the mean Jaccard index of reference objects with the segmented object
that covers more than half of them, 0 where there is none. Reference objects are those that the specimen was made of. Segmentation: threshold
halfway between the two modes of the smoothed histogram, as in the article; the threshold so found for the isotropic truth; or Otsu's, the last
two for histograms that have no second mode; holes filled; watershed of the three-dimensional distance transform.

Needs numpy, scipy, scikit-image and tifffile (Debian: python3-numpy python3-scipy python3-skimage python3-tifffile).
"""
import argparse
import glob
import json
import os
import sys

import numpy as np
import tifffile
from scipy import ndimage, signal, special

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles"))
from cubic import interpolate  # noqa: E402

TRUTHS = ("truth_isotropic", "truth_raw")
CASES = {
    "nuclei": {"lateral": 2.0, "axial": 8.0, "ratio": 8},
    "membranes": {"lateral": 1.2, "axial": 3.6, "ratio": 4},
    # Water immersion; pixels at which the lateral width at half maximum is that of the case membranes, the axial one 10 % more.
    "confocal": {"aperture": 1.1, "index": 1.33, "excitation_um": 0.488, "emission_um": 0.525, "pitch_um": 0.06, "ratio": 4},
}
PHOTONS, READ_NOISE = 400, 0.005


def blur(volume, lateral, axial):
    return ndimage.gaussian_filter(volume, (axial, lateral, lateral), mode="reflect", truncate=4)


def convolve(volume, psf):
    """With mirrored borders."""
    return signal.oaconvolve(np.pad(volume, [(s // 2,) * 2 for s in psf.shape], mode="symmetric"), psf, mode="valid")


def focus(case, wavelength, r, z):
    """Light of a point at distances r from the axis and z from the focal plane, µm: the scalar Debye integral for an aplanatic objective
    without apodisation, rows along z."""
    rho, weight = np.polynomial.legendre.leggauss(200)
    rho, weight = (rho + 1) / 2, weight / 2
    k = 2 * np.pi / wavelength
    along = np.exp(1j * k * np.multiply.outer(z, np.sqrt(case["index"] ** 2 - (case["aperture"] * rho) ** 2)))
    return np.abs((along * rho * weight) @ special.j0(k * case["aperture"] * np.multiply.outer(rho, r))) ** 2


def confocal(case, lateral=16, axial=32):
    """The point spread function of a confocal microscope with a small pinhole, excitation times emission, and the one that it would be were it
    everywhere as it is in the focal plane; both sum to 1."""

    def sampled(distance, z):
        different, where = np.unique(distance.round(6), return_inverse=True)
        light = np.prod([focus(case, case[which], different * case["pitch_um"], z * case["pitch_um"]) for which in ("excitation_um", "emission_um")], 0)
        return light[:, where.reshape(distance.shape)]

    x = np.arange(-lateral, lateral + 1)
    psf = sampled(np.hypot(*np.meshgrid(x, x)), np.arange(-axial, axial + 1))
    isotropic = sampled(np.sqrt(sum(a**2.0 for a in np.meshgrid(x, x, x))), np.zeros(1))[0]
    return psf / psf.sum(), isotropic / isotropic.sum()


def gaussian(case):
    x, z = (np.arange(-np.ceil(4 * case[s]), np.ceil(4 * case[s]) + 1) for s in ("lateral", "axial"))
    across, along = np.exp(-(x**2) / (2 * case["lateral"] ** 2)), np.exp(-(z**2) / (2 * case["axial"] ** 2))
    psf = np.einsum("i,j,k->ijk", along, across, across)
    return psf / psf.sum()


def averaged(psf):
    """Its mean over all directions in space."""
    middle, radius = [s // 2 for s in psf.shape], max(psf.shape) // 2
    r, profile = np.arange(0, 2 * radius, 0.25), 0
    heights, weights = np.polynomial.legendre.leggauss(64)
    for height, weight in zip(heights, weights):
        for angle in np.arange(16) * np.pi / 8:
            direction = height, np.sqrt(1 - height**2) * np.sin(angle), np.sqrt(1 - height**2) * np.cos(angle)
            profile = profile + weight * ndimage.map_coordinates(psf, [m + d * r for m, d in zip(middle, direction)], order=1)
    average = np.interp(np.sqrt(sum(a**2.0 for a in np.meshgrid(*[np.arange(-radius, radius + 1)] * 3))), r, profile)
    return average / average.sum()


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
    if arguments.case == "confocal":
        psf, isotropic_psf = confocal(case)
        write(arguments.folder, "psf", psf)
        acquired, isotropic = np.clip(convolve(raw, psf), 0, None), convolve(raw, isotropic_psf)
    else:
        psf = gaussian(case)
        acquired, isotropic = (blur(raw, case["lateral"], axial) for axial in (case["axial"], case["lateral"]))
    acquired = acquired[:: case["ratio"]]
    acquired = random.poisson(acquired * PHOTONS) / PHOTONS + random.normal(0, READ_NOISE, acquired.shape)
    write(arguments.folder, "truth_raw", raw)
    write(arguments.folder, "truth_isotropic", isotropic)
    write(arguments.folder, "truth_average", convolve(raw, averaged(psf)))
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


def lucy(volume, blurred, iterations):
    """Richardson-Lucy with a symmetric blur."""
    data, estimate = np.clip(volume, 0, None), np.full(volume.shape, max(volume.mean(), 1e-9))
    for _ in range(iterations):
        estimate *= blurred(data / np.maximum(blurred(estimate), 1e-9))
    return estimate


def baselines(arguments):
    with open(os.path.join(arguments.folder, "case.json"), encoding="utf-8") as file:
        case = json.load(file)
    stack = read(os.path.join(arguments.folder, "input.tif"))
    blurred = interpolate(stack, case["ratio"], len(stack) * case["ratio"])
    write(arguments.folder, "blurred", blurred)
    if case["case"] == "confocal":
        psf = confocal(case)[0]
        write(arguments.folder, "lucy", lucy(blurred, lambda v: convolve(v, psf), arguments.iterations))
        return
    beyond = (case["axial"] ** 2 - case["lateral"] ** 2) ** 0.5
    write(arguments.folder, "lucy", lucy(blurred, lambda v: blur(v, case["lateral"], case["axial"]), arguments.iterations))
    write(arguments.folder, "lucy_split", lucy(blurred, lambda v: blur(v, 0, beyond), arguments.iterations))


def psnr(volume, truth):
    return 20 * np.log10(truth.max()) - 10 * np.log10(np.mean((volume - truth) ** 2))


def section_psnr(volume, truth):
    found = []
    for axis in (1, 2):
        for v, t in zip(np.moveaxis(volume, axis, 0), np.moveaxis(truth, axis, 0)):
            if t.max() > 0.1 * truth.max():
                found.append(psnr(v, t))
    return np.mean(found)


def highest(distance):
    """Where the distance transform is the largest within 5 voxels."""
    return ndimage.label((distance == ndimage.maximum_filter(distance, 11)) & (distance > 0), np.ones((3, 3, 3)))[0]


def segment(volume, threshold, seeds=highest):
    from skimage.segmentation import watershed

    mask = ndimage.binary_fill_holes(volume > threshold)
    distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1) * mask
    return watershed(-distance, seeds(distance), mask=mask)


def modes(volume):
    """Of the histogram, smoothed until no more than two are left. Values above the 99.9 % percentile are left out: few as they are, they
    stretch the histogram, and their last bins are modes of their own."""
    counts, edges = np.histogram(volume, 256, (volume.min(), np.percentile(volume, 99.9)))
    counts = counts.astype(float)
    while True:
        padded = np.pad(counts, 1)
        found = np.flatnonzero((counts > padded[:-2]) & (counts >= padded[2:]))
        if len(found) <= 2:
            return (edges[found] + edges[found + 1]) / 2
        counts = ndimage.uniform_filter1d(counts, 3, mode="nearest")


def intermodes(volume):
    """Prewitt and Mendelsohn 1966: halfway between the two modes. Infinite where there is one."""
    found = modes(volume)
    return found.mean() if len(found) == 2 else np.inf


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


def thresholds_for(truth):
    from skimage.filters import threshold_otsu

    of_truth = intermodes(truth)
    return intermodes, lambda volume: of_truth, threshold_otsu


def check(arguments):
    from skimage.feature import peak_local_max
    from skimage.filters import threshold_minimum
    from skimage.morphology import h_maxima

    def peaks(distance):
        found = np.zeros(distance.shape, int)
        for number, place in enumerate(peak_local_max(distance, min_distance=5, exclude_border=False), 1):
            found[tuple(place)] = number
        return found

    folder = os.path.dirname(arguments.volumes[0]) or "."
    reference, truth = tifffile.imread(os.path.join(folder, "labels.tif")), read(os.path.join(folder, "truth_isotropic.tif"))
    print(f"true mask, cut by the watershed: SEG {seg(reference, segment(reference > 0, 0.5)):.3f}; {(reference > 0).mean():.1%} of the volume is nuclei")
    print("| volume | modes | scikit-image's minimum between them | threshold | SEG | peak_local_max | h_maxima | best SEG, at threshold |")
    print("|---|---|---|---|---|---|---|---|")
    for path in arguments.volumes:
        volume = read(path, truth.shape)
        try:
            between = f"{threshold_minimum(volume[volume <= np.percentile(volume, 99.9)]):.3f}"
        except RuntimeError:
            between = "none"
        threshold = thresholds_for(truth)[1](volume)
        found = [seg(reference, segment(volume, threshold, s)) for s in (highest, peaks, lambda d: ndimage.label(h_maxima(d, 0.5))[0])]
        best = max((seg(reference, segment(volume, t)), t) for t in np.arange(0.05, 0.31, 0.02))
        cells = [" ".join(f"{m:.3f}" for m in modes(volume)), between, f"{threshold:.3f}", *(f"{f:.3f}" for f in found), f"{best[0]:.3f}, {best[1]:.2f}"]
        print(f"| {os.path.basename(path)} | " + " | ".join(cells) + " |")


def sharpness(arguments):
    isotropic, raw = (read(os.path.join(arguments.folder, name + ".tif")) for name in TRUTHS)
    print("| σ, pixels | isotropic, dB | raw, dB |")
    print("|---|---|---|")
    for sigma in np.arange(0.4, 1.25, 0.1):
        volume = blur(raw, sigma, sigma)
        print(f"| {sigma:.1f} | {psnr(volume, isotropic):.2f} | {psnr(volume, raw):.2f} |")


def beads(arguments):
    from scipy.optimize import curve_fit

    volume, voxel = read(arguments.file), (arguments.z, arguments.y, arguments.x)
    smooth = ndimage.gaussian_filter(volume, [0.1 / v for v in voxel])
    found = np.argwhere((smooth == ndimage.maximum_filter(smooth, [int(1 / v) | 1 for v in voxel])) & (smooth > 0.3 * smooth.max()))

    def bell(at, height, middle, sigma, background):
        return height * np.exp(-((at - middle) ** 2) / (2 * sigma**2)) + background

    widths = []
    for place in found:
        sigmas = []
        for axis, step in enumerate(voxel):
            line = volume[tuple(slice(None) if a == axis else p for a, p in enumerate(place))]
            at = step * (np.arange(len(line)) - place[axis])
            near = np.abs(at) < (2 if axis == 0 else 0.9)
            sigmas.append(abs(curve_fit(bell, at[near], line[near], (line.max(), 0, 0.1 if axis else 0.3, 0))[0][2]))
        widths.append(sigmas)
        print(f"bead at {place}: z {sigmas[0]:.3f}, y {sigmas[1]:.3f}, x {sigmas[2]:.3f}")
    z, y, x = np.mean(widths, 0)
    print(f"axial {z:.3f}, lateral {np.sqrt(y * x):.3f}")


def score(arguments):
    paths = arguments.volumes
    if len(paths) == 1 and os.path.isdir(paths[0]):
        known = {name + ".tif" for name in (*TRUTHS, "truth_average", "input", "labels", "psf")}
        paths = sorted(p for p in glob.glob(os.path.join(paths[0], "*.*")) if p.endswith((".tif", ".f32")) and os.path.basename(p) not in known)
        paths = [os.path.join(arguments.volumes[0], "truth_isotropic.tif")] + paths
    folder = os.path.dirname(paths[0]) or "."
    truths = [read(os.path.join(folder, ("truth_average" if arguments.average and name == TRUTHS[0] else name) + ".tif")) for name in TRUTHS]
    inner = tuple([slice(arguments.border, -arguments.border or None)] * 3)
    labels = os.path.join(folder, "labels.tif")
    segmented = os.path.exists(labels) and not arguments.no_segmentation
    reference = tifffile.imread(labels) if segmented else None
    thresholds = thresholds_for(truths[0]) if segmented else ()
    print("| volume | isotropic, dB | raw, dB | sections isotropic, dB | sections raw, dB |" + " SEG, intermodes | SEG, the truth's | SEG, Otsu |" * segmented)
    print("|---|---|---|---|---|" + "---|---|---|" * segmented)
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
    command.add_argument("--average", action="store_true")
    command.add_argument("--no-segmentation", action="store_true")
    command.set_defaults(run=score)
    command = commands.add_parser("check")
    command.add_argument("volumes", nargs="+")
    command.set_defaults(run=check)
    command = commands.add_parser("sharpness")
    command.add_argument("folder")
    command.set_defaults(run=sharpness)
    command = commands.add_parser("beads")
    command.add_argument("file")
    for axis in "zyx":
        command.add_argument(axis, type=float)
    command.set_defaults(run=beads)
    arguments = parser.parse_args()
    with np.errstate(divide="ignore"):
        arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
