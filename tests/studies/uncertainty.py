#!/usr/bin/python3
"""Asks what predicts the error of a restored voxel, on real volumes: uncertainty.py DATA_FOLDER PROGRAM [OUT.md]

PROGRAM is ErrorPrediction, built in Release. Every volume is shrunk, tuned on, restored and compared with itself. Predictions are
calibrated on held-out blocks of the acquired grid alone (the volume's shrunk copy, restored, against the volume) and then judged on
the finer grid, against the truth that no part of the program has seen. About twenty minutes on two cores; the calibration here is
an implementation of its own beside the program's, which is judged by the bytes of its maps.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.optimize import nnls
from scipy.stats import rankdata

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = [
    ("neurons", "neurons_2p_cortexB_24x256x256_u16.tif", "1,2,2"),
    ("neurons", "neurons_2p_cortexB_24x256x256_u16.tif", "2,2,2"),
    ("nuclei", "nuclei_lightsheet_24x144x96_u16.tif", "1,2,2"),
    ("nuclei", "nuclei_lightsheet_24x144x96_u16.tif", "2,2,2"),
    ("nucleus", "nucleus_confocal_40x128x128_u16.tif", "1,2,2"),
    ("nucleus", "nucleus_confocal_40x128x128_u16.tif", "2,2,2"),
    ("nucleus, widefield", "nucleus_widefield_40x128x128_u16.tif", "2,2,2"),
    ("Golgi", "golgi_24x136x144_u16.tif", "1,2,2"),
    ("Golgi", "golgi_24x136x144_u16.tif", "2,2,2"),
    ("beads", "beads_confocal_40x144x144_u8.tif", "1,2,2"),
    ("beads", "beads_confocal_40x144x144_u8.tif", "2,2,2"),
    ("microglia", "microglia_timelapse/t000.tif", "1,2,2"),
    ("microglia", "microglia_timelapse/t000.tif", "2,2,2"),
]
MARK = "<!-- figures: written by uncertainty.py -->"
LATER = {"microglia_timelapse/t000.tif": "microglia_timelapse/t015.tif"}
CANDIDATES = {
    "spread": ["spread"],
    "spread, projected": ["spread, projected"],
    "residual": ["residual"],
    "beyond cubic": ["beyond cubic"],
    "brightness": ["brightness"],
    "gradient": ["gradient"],
    "spread + brightness": ["spread", "brightness"],
    "residual + brightness": ["residual", "brightness"],
    "brightness + gradient": ["brightness", "gradient"],
    "spread + brightness + gradient": ["spread", "brightness", "gradient"],
    "all": ["spread", "spread, projected", "residual", "beyond cubic", "brightness", "gradient"],
}


class Pair:
    """One restoration with its truth and everything that may predict its errors."""

    def __init__(self, folder, name, shape, factors, truth):
        def load(part, extent=None):
            return np.fromfile(os.path.join(folder, f"{name}_{part}.f32"), "<f4").reshape(extent or shape).astype(float)

        restored, cubic = load("restored"), load("cubic")
        members = {kind: np.std([load(f"member{m}_{kind}") for m in range(8)], axis=0) for kind in ("network", "restored")}
        coarse = tuple(n // f for n, f in zip(shape, factors))
        residual = load("residual", coarse)
        for axis, factor in enumerate(factors):
            residual = np.repeat(residual, factor, axis)

        def smooth(volume):
            return np.sqrt(gaussian_filter(volume**2, 1))

        self.error = np.abs(restored - truth)
        self.evidence = {
            "spread": members["network"],
            "spread, projected": members["restored"],
            "residual": smooth(residual),
            "beyond cubic": smooth(restored - cubic),
            "brightness": np.maximum(restored, 0),
            "gradient": np.sqrt(sum(g**2 for g in np.gradient(restored))),
        }
        steps = np.fromfile(os.path.join(folder, f"{name}_map.u8"), np.uint8).reshape(shape)
        self.program = 2 ** ((steps.astype(float) - 255) / 16)


def isotonic(values):
    pools = []
    for value in values:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [[(a * n + b * m) / (n + m), n + m]]
    return np.concatenate([[value] * count for value, count in pools])


def calibrate(evidence, error):
    """Weights on logarithms, then root mean square errors of 24 groups of like score, made not to fall."""
    offsets = [0.1 * e.mean() + 1e-7 for e in evidence]
    logs = np.stack([np.log(e + o) for e, o in zip(evidence, offsets)], 1)
    mean = logs.mean(0)
    target = np.log(error + 0.3 * np.median(error) + 1e-7)
    weights, _ = nnls(logs - mean, target - target.mean())
    scores = (logs - mean) @ weights
    groups = np.array_split(np.argsort(scores), 24)
    at = [scores[g].mean() for g in groups]
    table = np.sqrt(isotonic([(error[g]**2).mean() for g in groups]))
    return lambda evidence: np.interp(
        (np.stack([np.log(e + o) for e, o in zip(evidence, offsets)], 1) - mean) @ weights, at, table)


def judge(predicted, error):
    a, b = rankdata(predicted), rankdata(error)
    rank = 0.0 if a.std() == 0 or b.std() == 0 else np.corrcoef(a, b)[0, 1]
    return rank, 100 * (error <= predicted).mean(), 100 * (error <= 2 * predicted).mean(), np.quantile(error / predicted, 0.6827)


def inside(shape):
    border = [min(4, shape[0] // 8) if shape[0] >= 8 else 0, 4, 4]
    return tuple(slice(b, n - b) for b, n in zip(border, shape))


def noise_growth(factors):
    """Standard deviation of white noise over that of its shrunk copy."""
    growth = 1.0
    for factor in factors:
        if factor > 1:
            t = (np.arange(-2 * factor, 2 * factor) + 0.5) / factor
            a = np.abs(t)
            w = np.where(a <= 1, 1.5 * a**3 - 2.5 * a**2 + 1, -0.5 * a**3 + 2.5 * a**2 - 4 * a + 2)
            growth /= np.sqrt(((w / w.sum())**2).sum())
    return growth


def study(name, file, factors, data, program, rows, products):
    factors_list = [int(f) for f in factors.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        def prepare(file, folder):
            return subprocess.run(["/usr/bin/python3", os.path.join(HERE, "SelfVisionQuality", "prepare.py"),
                                   os.path.join(data, file), folder, factors], capture_output=True, text=True, check=True).stdout.split()

        numbers = prepare(file, folder)
        shape = tuple(int(n) for n in numbers[:3])
        fine = tuple(n * f for n, f in zip(shape, factors_list))
        later = os.path.join(folder, "later")
        if file in LATER:
            prepare(LATER[file], later)
        subprocess.run([program, folder, *numbers, *([later] if file in LATER else [])], check=True)

        def load(path, extent):
            return np.fromfile(path, "<f4").reshape(extent).astype(float)

        acquired, truth = load(os.path.join(folder, "acquired.f32"), shape), load(os.path.join(folder, "truth.f32"), fine)
        held_out = load(os.path.join(folder, "own_training.f32"), shape) == 0
        own, high = Pair(folder, "own", shape, factors_list, acquired), Pair(folder, "fine", fine, factors_list, truth)
        cut = inside(fine)
        growth = noise_growth(factors_list)
        for candidate, names in CANDIDATES.items():
            predict = calibrate([own.evidence[n][held_out] for n in names], own.error[held_out])
            predicted = predict([high.evidence[n][cut].ravel() for n in names])
            for power in (0, 0.25, 0.5, 1):
                rows.setdefault((candidate, power), []).append(judge(growth**power * predicted, high.error[cut].ravel()))

        # Half of the held-out blocks calibrate, the other half judges; blocks are told apart by their place on a checkerboard.
        z, y, x = np.nonzero(held_out)
        half = (z // 4 + y // 8 + x // 8) % 2 == 0
        names = CANDIDATES["brightness + gradient"]
        evidence, error = [own.evidence[n][held_out] for n in names], own.error[held_out]
        across = judge(calibrate([e[half] for e in evidence], error[half])([e[~half] for e in evidence]), error[~half])
        line = [name, factors, judge(own.program[held_out], error), across,
                judge(own.program[~held_out], own.error[~held_out]), judge(high.program[cut].ravel(), high.error[cut].ravel()), None]
        if file in LATER:
            found = np.abs(load(os.path.join(folder, "later_restored.f32"), fine) - load(os.path.join(later, "truth.f32"), fine))
            steps = np.fromfile(os.path.join(folder, "later_map.u8"), np.uint8).reshape(fine)
            line[-1] = judge(2 ** ((steps[cut].ravel().astype(float) - 255) / 16), found[cut].ravel())
        products.append(line)
        print(name, factors, *(f"{r[0]:.2f} {r[1]:.0f}/{r[2]:.0f}" for r in line[2:] if r), flush=True)


def main():
    data, program = sys.argv[1:3]
    rows, products = {}, []
    for case in CASES:
        study(*case, data, program, rows, products)

    def cell(result):
        return "" if result is None else f"{result[0]:.2f}; {result[1]:.0f} / {result[2]:.0f}"

    lines = ["## The program's maps", "",
             "Rank correlation of predicted standard error and size of the true error; share of voxels within once / twice the prediction, %.", "",
             "| volume | factor | held-out blocks, which calibrate | half of them, calibrated on the other half | rest of the acquired grid | "
             "finer grid, never used | 15 time points later |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {p[0]} | {p[1]} | " + " | ".join(cell(r) for r in p[2:]) + " |" for p in products]
    means = [cell(np.mean([p[i] for p in products], axis=0)) for i in range(2, 6)]
    lines += ["| mean | | " + " | ".join(means) + " | |", "", "## Candidates, on the finer grid", "",
              "Means over the cases above. Deviation: mean distance of the shares from 68.3 and 95.4 %. Rank correlations by case.", "",
              "| evidence | rank | within 1 / 2, % | deviation, points | " + " | ".join(f"{p[0]} {p[1]}" for p in products) + " |",
              "|---|---|---|---|" + "---|" * len(products)]

    def summary(results):
        r = np.array(results)
        return f"{r[:, 0].mean():.3f} | {r[:, 1].mean():.0f} / {r[:, 2].mean():.0f} | " \
               f"{np.abs(r[:, 1] - 68.3).mean():.1f} / {np.abs(r[:, 2] - 95.4).mean():.1f}"

    lines += [f"| {c} | {summary(rows[c, 0.25])} | " + " | ".join(f"{r[0]:.2f}" for r in rows[c, 0.25]) + " |" for c in CANDIDATES]
    lines += ["", "## From the acquired grid to the finer one", "",
              "Brightness and gradient, errors multiplied by a power of the growth of white noise. Last columns: the factor that would have "
              "been right, by case.", "",
              "| power | within 1 / 2, % | deviation, points | " + " | ".join(f"{p[0]} {p[1]}" for p in products) + " |",
              "|---|---|---|" + "---|" * len(products)]
    for power in (0, 0.25, 0.5, 1):
        results = rows["brightness + gradient", power]
        right = [f"{r[3]:.2f}" for r in rows["brightness + gradient", 0]] if power == 0 else [""] * len(products)
        lines.append(f"| {power} | {summary(results).split(' | ', 1)[1]} | " + " | ".join(right) + " |")
    print("\n".join(lines))
    if len(sys.argv) > 3:
        # What people wrote above the figures stays.
        before = ""
        if os.path.exists(sys.argv[3]):
            with open(sys.argv[3]) as file:
                before = file.read().split(MARK)[0]
        with open(sys.argv[3], "w") as file:
            file.write(before + MARK + "\n\n" + "\n".join(lines) + "\n")


main()
