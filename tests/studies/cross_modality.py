#!/usr/bin/python3
"""placeholder"""
import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter, map_coordinates
from scipy.optimize import curve_fit, linear_sum_assignment
from scipy.spatial import cKDTree

PIXEL_NM = 30.0
CONFOCAL, STED = 290 / 2.3548 / PIXEL_NM, 110 / 2.3548 / PIXEL_NM
EDGE = 128
MARGIN = 20
OFFSET = 100
BACKGROUND, READ_NOISE = 3, 1
PEAKS = 200, 100


def bead_positions(rng):
    """Beads (y, x, amplitude) over a field and its surroundings: 0.7 per square micrometre, a fifth of them in pairs 80 to 300 nm apart."""
    side = EDGE + 2 * MARGIN
    beads = rng.poisson(0.7 * (side * PIXEL_NM / 1000) ** 2)
    pairs = int(round(0.1 * beads))
    places = rng.uniform(0, side, (beads - pairs, 2)) - MARGIN
    distance, angle = rng.uniform(80, 300, pairs) / PIXEL_NM, rng.uniform(0, 2 * np.pi, pairs)
    partners = places[:pairs] + distance[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1)
    amplitude = rng.lognormal(0, 0.4, beads)
    return np.concatenate([np.concatenate([places, partners]), amplitude[:, None]], 1), pairs


def spots(beads, sigma, shift=(0, 0)):
    at = np.arange(EDGE)
    y = np.exp(-((at[None] - beads[:, :1] - shift[0]) ** 2) / (2 * sigma**2))
    x = np.exp(-((at[None] - beads[:, 1:2] - shift[1]) ** 2) / (2 * sigma**2))
    return np.einsum("n,ny,nx->yx", beads[:, 2], y, x)


def camera(rng, light, peak):
    return np.clip(np.round(OFFSET + rng.poisson(peak * light + BACKGROUND) + rng.normal(0, READ_NOISE, light.shape)), 0, 65535).astype(np.uint16)


def bead_field(rng):
    beads, pairs = bead_positions(rng)
    shift = rng.normal(0, 0.1, 2)
    truth = spots(beads, STED)
    return camera(rng, spots(beads, CONFOCAL), PEAKS[0]), camera(rng, spots(beads, STED, shift), PEAKS[1]), truth, beads, pairs


def detect(image, threshold):
    """Local maxima (y, x) of a lightly smoothed image above a threshold."""
    smooth = gaussian_filter(image.astype(float), 1)
    return np.argwhere((smooth == maximum_filter(smooth, 3)) & (smooth > threshold)).astype(float)


def matches(a, b, distance):
    """Pairs (i, j) of nearest points, each used once, with the smallest sum of distances."""
    if len(a) == 0 or len(b) == 0:
        return np.zeros((0, 2), int)
    apart = np.linalg.norm(a[:, None] - b[None], axis=2)
    i, j = linear_sum_assignment(np.minimum(apart, 10 * distance))
    near = apart[i, j] <= distance
    return np.stack([i[near], j[near]], 1)


def gaussian(at, height, y, x, sigma_y, sigma_x, floor):
    return floor + height * np.exp(-((at[0] - y) ** 2) / (2 * sigma_y**2) - (at[1] - x) ** 2 / (2 * sigma_x**2))


def fit(image, place, half, sigma):
    """(y, x, full width in nm, integral) of the bead at a place; None where no fit succeeds."""
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
    return found[1], found[2], 2.3548 * width * PIXEL_NM, 2 * np.pi * found[0] * width**2


def bead_score(fields, pictures, threshold, sigma, half):
    """How pictures of bead fields compare with what is known of the fields."""
    widths, light, resolved, seen, missed, invented = [], [], [], 0, 0, 0
    for (_, _, truth, beads, pairs), picture in zip(fields, pictures):
        wanted, found = detect(truth, 0.2 * 0.73), detect(picture, threshold)
        pairing = matches(wanted, found, 3)

        def inside(points):
            return ((points >= 4) & (points < EDGE - 4)).all(1)

        seen += inside(wanted).sum()
        missed += inside(np.delete(wanted, pairing[:, 0], 0)).sum()
        invented += inside(np.delete(found, pairing[:, 1], 0)).sum()
        places, alone = beads[:, :2], cKDTree(beads[:, :2]).query(beads[:, :2], 2)[0][:, 1]
        for place, amplitude, apart in zip(places, beads[:, 2], alone):
            if apart < 20 or not inside(place[None])[0]:
                continue
            near = found[np.linalg.norm(found - place, axis=1) <= 3] if len(found) else []
            if len(near) != 1:
                continue
            result = fit(picture, near[0], half, sigma)
            if result is not None:
                widths.append(result[2])
                light.append((amplitude, result[3]))
        first, second = places[:pairs], places[len(places) - pairs:]
        for a, b in zip(first, second):
            distance = np.linalg.norm(a - b) * PIXEL_NM
            others = np.linalg.norm(places - (a + b) / 2, axis=1)
            if not (150 <= distance <= 200) or not inside(np.stack([a, b])).all() or (np.sort(others)[2:3] < 12).any():
                continue
            resolved.append(len(matches(np.stack([a, b]), found, 2)) == 2)
    amplitude, integral = np.array(light).T
    return dict(
        width=np.median(widths), spread=np.percentile(widths, 75) - np.percentile(widths, 25), beads=len(widths),
        resolved=np.mean(resolved), pairs=len(resolved), seen=int(seen), missed=missed / seen, invented=invented / seen,
        light=np.corrcoef(amplitude, integral)[0, 1])
