#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Restoration.Isotropy, in numpy, scipy and scikit-image, in double precision.

  fft FOLDER Z,Y,X                          writes a volume and the real and imaginary part of its transform (numpy.fft.rfftn)
  convolve FOLDER Z,Y,X PZ,PY,PX            writes a volume, an uneven kernel, their convolution and correlation; borders mirrored
  lucy FOLDER Z,Y,X SXY,SZ ITERATIONS       a volume that fades to 0 well inside its borders, deconvolved by scikit-image
  lucy-mirrored FOLDER Z,Y,X SXY,SZ N L     any volume, deconvolved on its mirror image of L samples an axis (L = LZ,LY,LX)
  upsample FOLDER Z,Y,X RATIO               writes a stack and its planes interpolated to positions k / RATIO
  degrade FOLDER Y,X PY,PX RATIO            writes a plane, a kernel and the plane blurred, thinned out and interpolated along x

Files are raw little-endian float32, row-major. Debian: python3-numpy python3-scipy python3-skimage.
"""
import os
import sys

import numpy as np
from scipy import ndimage

from cubic import interpolate

command, folder = sys.argv[1:3]
ints = [[int(part) for part in text.split(",")] for text in sys.argv[3:] if "." not in text]
random = np.random.default_rng(7)


def save(name, array):
    np.asarray(array, dtype="<f4").tofile(os.path.join(folder, name + ".f32"))


def bell(sigma):
    reach = int(np.ceil(4 * sigma))
    return np.exp(-np.arange(-reach, reach + 1.0) ** 2 / (2 * sigma**2))


def gaussian(text):
    lateral, axial = (float(part) for part in text.split(","))
    psf = bell(axial)[:, None, None] * bell(lateral)[:, None] * bell(lateral)
    return psf / psf.sum()


if command == "fft":
    volume = random.random(ints[0]).astype("<f4")
    spectrum = np.fft.rfftn(volume.astype(float))
    save("volume", volume), save("re", spectrum.real), save("im", spectrum.imag)
elif command == "convolve":
    volume, psf = random.random(ints[0]).astype("<f4"), random.random(ints[1]).astype("<f4")
    save("volume", volume), save("psf", psf)
    psf = psf.astype(float) / psf.sum(dtype=float)
    save("convolved", ndimage.convolve(volume.astype(float), psf, mode="reflect"))
    save("correlated", ndimage.correlate(volume.astype(float), psf, mode="reflect"))
elif command == "lucy":
    from skimage.restoration import richardson_lucy

    shape, psf = ints[0], gaussian(sys.argv[4])
    inner = [extent - 2 * (size - 1) for extent, size in zip(shape, psf.shape)]
    assert min(inner) > 0, inner
    volume = np.zeros(shape)
    core = tuple(slice(size - 1, size - 1 + extent) for size, extent in zip(psf.shape, inner))
    volume[core] = ndimage.gaussian_filter(random.random(inner) ** 8, 1.5) + 0.02
    volume = volume.astype("<f4")
    save("volume", volume)
    save("restored", richardson_lucy(volume.astype(float), psf, int(sys.argv[5]), clip=False))
elif command == "lucy-mirrored":
    shape, psf, iterations, padded = ints[0], gaussian(sys.argv[4]), int(sys.argv[5]), [int(part) for part in sys.argv[6].split(",")]
    volume = (ndimage.gaussian_filter(random.random(shape) ** 8, 1) + 0.02).astype("<f4")
    before = [(p - n) // 2 for p, n in zip(padded, shape)]
    data = np.pad(volume.astype(float), [(b, p - n - b) for b, p, n in zip(before, padded, shape)], "symmetric")
    placed = np.zeros(padded)
    placed[tuple(slice(0, n) for n in psf.shape)] = psf
    transfer = np.fft.rfftn(np.roll(placed, [-(n // 2) for n in psf.shape], (0, 1, 2)))
    estimate = np.full(padded, volume.mean(dtype=float))
    for _ in range(iterations):
        blurred = np.fft.irfftn(np.fft.rfftn(estimate) * transfer, padded)
        estimate *= np.fft.irfftn(np.fft.rfftn(data / blurred) * transfer.conj(), padded)
    save("volume", volume), save("restored", estimate[tuple(slice(b, b + n) for b, n in zip(before, shape))])
elif command == "upsample":
    stack, ratio = random.random(ints[0]).astype("<f4"), float(sys.argv[4])
    save("stack", stack), save("fine", interpolate(stack.astype(float), ratio, int(np.floor(len(stack) * ratio + 0.5))))
elif command == "degrade":
    plane, kernel, ratio = random.random(ints[0]).astype("<f4"), random.random(ints[1]).astype("<f4"), float(sys.argv[5])
    save("plane", plane), save("kernel", kernel)
    blurred = ndimage.convolve(plane.astype(float), kernel.astype(float) / kernel.sum(dtype=float), mode="reflect")
    width = plane.shape[1]
    at = np.arange(int((width - 1) / ratio + 1e-6) + 1) * ratio
    thinned = np.array([np.interp(at, np.arange(width), row) for row in blurred])
    save("degraded", interpolate(thinned.T, ratio, width).T)
else:
    sys.exit(__doc__)
