#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Torch.Isotropy, in PyTorch: what a network makes of a section.

  isonet.py NETWORK FOLDER N,Y,X     reads weights.f32 (all layers' weights and biases in their order) and input.f32, writes output.f32

NETWORK is IsoNet1, IsoNet2 or CareIsotropic. Files are raw little-endian float32. Debian: python3-torch python3-numpy.
"""
import os
import sys

import numpy as np
import torch
from torch.nn.functional import conv2d, relu


def restore(network, weights, x):
    """What a network makes of sections: x and the result [n, 1, y, x], all layers' weights and biases one after the other."""

    def take(*shape):
        nonlocal weights
        size = int(np.prod(shape))
        taken, weights = weights[:size].reshape(shape), weights[size:]
        return taken

    def conv(y, filters, size):
        kernel = take(filters, y.shape[1], size, size)
        return conv2d(y, kernel, take(filters), padding="same")

    if network == "IsoNet1":
        y = relu(conv(x, 64, 9))
        y = relu(conv(y, 32, 5))
        y = relu(conv(y, 1, 5))
        y = relu(conv(y, 1, 1))
    elif network == "IsoNet2":
        a = relu(conv(x, 16, 7))
        b = relu(conv(pool(a), 32, 7))
        c = relu(conv(pool(b), 64, 7))
        d = relu(conv(torch.cat([up(c), b], 1), 32, 7))
        e = relu(conv(torch.cat([up(d), a], 1), 16, 7))
        y = conv(e, 1, 1) + x
    else:
        a = relu(conv(relu(conv(x, 32, 5)), 32, 5))
        b = relu(conv(relu(conv(pool(a), 64, 5)), 64, 5))
        c = relu(conv(relu(conv(pool(b), 128, 5)), 64, 5))
        d = relu(conv(relu(conv(torch.cat([up(c), b], 1), 64, 5)), 32, 5))
        e = relu(conv(relu(conv(torch.cat([up(d), a], 1), 32, 5)), 32, 5))
        y = conv(e, 1, 1) + x
    assert len(weights) == 0, f"{len(weights)} weights are left"
    return y


def pool(y):
    n, c, h, w = y.shape
    return y.reshape(n, c, h // 2, 2, w // 2, 2).amax((3, 5))


def up(y):
    return y.repeat_interleave(2, 2).repeat_interleave(2, 3)


if __name__ == "__main__":
    network, folder = sys.argv[1:3]
    count, height, width = (int(part) for part in sys.argv[3].split(","))
    weights = torch.from_numpy(np.fromfile(os.path.join(folder, "weights.f32"), "<f4")).double()
    x = torch.from_numpy(np.fromfile(os.path.join(folder, "input.f32"), "<f4")).double().reshape(count, 1, height, width)
    restore(network, weights, x).numpy().astype("<f4").tofile(os.path.join(folder, "output.f32"))
