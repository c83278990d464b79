#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Restoration.Registration: numpy, scipy and scikit-image, in double precision.

  registration.py FOLDER Y,X DY,DX BLUR NOISE

writes a target and a moving image, cut out of one larger texture, the second moved by Fourier's shift theorem and blurred, both noisy;
prints DY and DX as scikit-image finds them.

Files are raw little-endian float32, row-major. Debian: python3-numpy python3-scipy python3-skimage.
"""
import os
import sys

import numpy as np
from scipy import ndimage
from skimage.registration import phase_cross_correlation

folder = sys.argv[1]
height, width = (int(part) for part in sys.argv[2].split(","))
random = np.random.default_rng(11)


def save(name, array):
    np.asarray(array, dtype="<f4").tofile(os.path.join(folder, name + ".f32"))


down, across = (float(part) for part in sys.argv[3].split(","))
blur, noise = float(sys.argv[4]), float(sys.argv[5])
margin = 64
texture = ndimage.gaussian_filter(random.standard_normal((height + 2 * margin, width + 2 * margin)), 1.5, mode="wrap")
texture = np.exp(texture / texture.std())
moved = np.fft.ifft2(ndimage.fourier_gaussian(ndimage.fourier_shift(np.fft.fft2(texture), (down, across)), blur)).real
target, moving = (image[margin : margin + height, margin : margin + width] for image in (texture, moved))
target = target + noise * texture.std() * random.standard_normal(target.shape)
moving = moving + noise * texture.std() * random.standard_normal(moving.shape)
save("target", target), save("moving", moving)
window = np.outer(np.hanning(height + 2)[1:-1], np.hanning(width + 2)[1:-1])
found = phase_cross_correlation((moving - moving.mean()) * window, (target - target.mean()) * window, upsample_factor=100, normalization=None)[0]
print(*found)
