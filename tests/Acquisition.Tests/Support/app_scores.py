"""Scores of one volume by three methods with numpy, scikit-image and tifffile alone.

app_scores.py make TRUTH.tif RAW.npy RESTORED.npy    makes a small original, its undersampled copy and a poor restoration
app_scores.py score TRUTH.tif RAW.npy RESTORED.npy ROUNDS   prints psnr and ssim of cubic, projected and restored
"""
import sys

import numpy as np
import tifffile
from skimage.metrics import structural_similarity

FACTORS = (2, 2, 1)


def keys(t):
    a = np.abs(t)
    return (1.5 * a**3 - 2.5 * a**2 + 1) * (a <= 1) + (-0.5 * a**3 + 2.5 * a**2 - 4 * a + 2) * ((a > 1) & (a <= 2))


def matrix(n, m, scale):
    """Keys 1981, a = -1/2; stretched for antialiasing when shrinking; mirrored at the outer edges."""
    squeeze = min(scale, 1)
    out = np.zeros((m, n))
    for i in range(m):
        at = (i + 0.5) / scale - 0.5
        taps = np.arange(int(np.floor(at - 2 / squeeze)), int(np.ceil(at + 2 / squeeze)) + 1)
        weights = keys(squeeze * (at - taps))
        folded = np.mod(taps, 2 * n)
        np.add.at(out[i], np.where(folded < n, folded, 2 * n - 1 - folded), weights / weights.sum())
    return out


def resize(x, scales):
    for axis, scale in enumerate(scales):
        n = x.shape[axis]
        x = np.moveaxis(np.tensordot(matrix(n, round(n * scale), scale), x, (1, axis)), 0, axis)
    return x


def project(x, rounds):
    y = np.maximum(resize(x, FACTORS), 0)
    for _ in range(rounds):
        y = np.maximum(y + resize(x - resize(y, [1 / f for f in FACTORS]), FACTORS), 0)
    return y


def score(picture, truth):
    border = min(4, truth.shape[0] // 8) if truth.shape[0] >= 8 else 0
    cut = (slice(border, truth.shape[0] - border), slice(4, -4), slice(4, -4))
    a, b = np.clip(picture, 0, 1)[cut], np.clip(truth, 0, 1)[cut]
    window = min(7, min(b.shape) // 2 * 2 - 1)
    return 10 * np.log10(1 / np.mean((a - b) ** 2)), structural_similarity(b, a, data_range=1.0, win_size=window)


def main():
    command, truth_path, raw_path, restored_path = sys.argv[1:5]
    if command == "make":
        rng = np.random.default_rng(7)
        z, y, x = np.meshgrid(np.arange(12), np.arange(28), np.arange(30), indexing="ij")
        truth = 300 + 2000 * np.exp(-((y - 14 - 6 * np.sin(x / 5)) ** 2) / 8 - (z - 6) ** 2 / 10) + rng.poisson(40, x.shape)
        truth = truth.round().astype(np.uint16)
        raw = np.clip(resize(truth.astype(float), [1 / f for f in FACTORS]), 0, 65535).round().astype(np.uint16)
        restored = np.clip(0.7 * truth + 0.3 * resize(raw.astype(float), FACTORS), 0, 65535).round().astype(np.uint16)
        tifffile.imwrite(truth_path, truth, ome=True, metadata={"axes": "ZYX"})
        raw.tofile(raw_path)
        restored.tofile(restored_path)
        print(*raw.shape, *truth.shape)
    else:
        truth = tifffile.imread(truth_path).astype(float)
        low, high = np.percentile(truth, [0.1, 99.99])
        truth = (truth - low) / (high - low)
        raw = np.fromfile(raw_path, np.uint16).reshape([n // f for n, f in zip(truth.shape, FACTORS)])
        raw = (raw.astype(float) - low) / (high - low)
        restored = (np.fromfile(restored_path, np.uint16).reshape(truth.shape).astype(float) - low) / (high - low)
        for picture in (resize(raw, FACTORS), project(raw, int(sys.argv[5])), restored):
            print(*map(float, score(picture, truth)))


if __name__ == "__main__":
    main()
