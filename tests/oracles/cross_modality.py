#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Torch.Adversarial.CrossModality, in PyTorch.

  cross_modality.py generator FOLDER N,Y,X            reads generator.*.f32 and input.f32, writes output.f32
  cross_modality.py discriminator FOLDER N,Y,X        reads discriminator.*.f32 and input.f32, writes output.f32
  cross_modality.py similarity FOLDER N,Y,X           reads input.f32 and target.f32, prints the mean structural similarity
  cross_modality.py step FOLDER N,Y,X ADVERSARIAL SQUARE SIMILARITY RATE
      one alternating step: reads both networks, input.f32 and target.f32; the discriminator moves first, by Adam (0.5, 0.999) with RATE; then the
      generator's gradient of ADVERSARIAL * adversarial term + SQUARE * mean square error + SIMILARITY * similarity term. Writes gradient.NETWORK.*.f32 and prints
      the adversarial term, mean square error, similarity term and the discriminator's loss.

Wang et al. 2019, Nature Methods 16, 103. Files are raw little-endian float32; NETWORK.LAYER.weight.f32 and NETWORK.LAYER.bias.f32 are a network's
parameters, whose shapes follow from the first layer's. Computes in double precision. Debian: python3-torch python3-numpy.
"""
import glob
import os
import sys

import numpy as np
import torch
from torch.nn import functional as F

SLOPE = 0.1


def act(x):
    return F.leaky_relu(x, SLOPE)


def conv(weights, name, x, stride=1):
    return F.conv2d(x, weights[name + ".weight"], weights[name + ".bias"], stride=stride, padding=1)


def widened(x, channels):
    """The same with channels of zeros behind."""
    return torch.cat([x, x.new_zeros(x.shape[0], channels - x.shape[1], *x.shape[2:])], 1)


def halved(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5))


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def generate(weights, x):
    across = []
    y = x
    for level in range(4):
        if level > 0:
            y = halved(y)
        z = y
        for i in range(3):
            z = act(conv(weights, f"down.{3 * level + i}", z))
        y = widened(y, z.shape[1]) + z
        across.append(y)
    y = conv(weights, "bottom", halved(y))
    for level in range(4):
        y = torch.cat([across.pop(), doubled(y)], 1)
        for i in range(3):
            y = act(conv(weights, f"up.{3 * level + i}", y))
    return conv(weights, "last", y)


def discriminate(weights, x):
    z = act(conv(weights, "first", x))
    for block in range(5):
        z = act(conv(weights, f"blocks.{2 * block}", z))
        z = act(conv(weights, f"blocks.{2 * block + 1}", z, stride=2))
    z = z.mean((2, 3))
    z = act(z @ weights["dense.weight"].T + weights["dense.bias"])
    return (z @ weights["verdict.weight"].T + weights["verdict.bias"])[:, 0]


def similarity(a, b):
    """Mean structural similarity of images with range 1; Gaussian windows of 11 by 11 wholly inside, sigma 1.5."""
    t = torch.arange(-5, 6, dtype=a.dtype)
    g = torch.exp(-t**2 / (2 * 1.5**2))
    g = torch.outer(g, g)
    g = (g / g.sum())[None, None]
    mean_a, mean_b = F.conv2d(a, g), F.conv2d(b, g)
    var_a, var_b = F.conv2d(a * a, g) - mean_a**2, F.conv2d(b * b, g) - mean_b**2
    both = F.conv2d(a * b, g) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    return ((2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean()


def similarity_term(a, b):
    return -torch.log((1 + similarity(a, b)) / 2)


def fooling(logits):
    """-log D of what the generator made."""
    return -torch.log(torch.sigmoid(logits)).mean()


def telling(real, made):
    """-log D of real images - log(1 - D) of made ones."""
    return -torch.log(torch.sigmoid(real)).mean() - torch.log(1 - torch.sigmoid(made)).mean()


def adam(weights, gradients, rate, beta1=0.5, beta2=0.999, eps=1e-8):
    """The first step of Adam from rest."""
    moved = {}
    for name, gradient in gradients.items():
        mean, square = (1 - beta1) * gradient / (1 - beta1), (1 - beta2) * gradient**2 / (1 - beta2)
        moved[name] = weights[name] - rate * mean / (square.sqrt() + eps)
    return moved


def load(folder, network):
    found = {}
    for path in glob.glob(os.path.join(folder, network + ".*.f32")):
        found[os.path.basename(path)[len(network) + 1:-4]] = torch.from_numpy(np.fromfile(path, "<f4")).double()
    shaped = {}
    for name, values in found.items():
        if name.endswith(".weight"):
            bias = found[name[:-6] + "bias"]
            dense = network == "discriminator" and name.split(".")[0] in ("dense", "verdict")
            values = values.reshape(len(bias), -1) if dense else values.reshape(len(bias), -1, 3, 3)
        shaped[name] = values
    return shaped


if __name__ == "__main__":
    mode, folder = sys.argv[1:3]
    count, height, width = (int(part) for part in sys.argv[3].split(","))

    def images(name):
        return torch.from_numpy(np.fromfile(os.path.join(folder, name + ".f32"), "<f4")).double().reshape(count, 1, height, width)

    def save(name, values):
        values.detach().numpy().astype("<f4").tofile(os.path.join(folder, name + ".f32"))

    if mode == "generator":
        save("output", generate(load(folder, mode), images("input")))
    elif mode == "discriminator":
        save("output", discriminate(load(folder, mode), images("input")))
    elif mode == "similarity":
        print(repr(similarity(images("input"), images("target")).item()))
    else:
        adversarial, square, similar, rate = (float(part) for part in sys.argv[4:8])
        x, y = images("input"), images("target")
        g, d = load(folder, "generator"), load(folder, "discriminator")
        for values in (*g.values(), *d.values()):
            values.requires_grad_(True)
        made = generate(g, x)
        told = telling(discriminate(d, y), discriminate(d, made.detach()))
        gradients = dict(zip(d, torch.autograd.grad(told, list(d.values()))))
        for name, gradient in gradients.items():
            save(f"gradient.discriminator.{name}", gradient)
        after = adam(d, gradients, rate)
        terms = fooling(discriminate(after, made)), ((made - y) ** 2).mean(), similarity_term(made, y)
        total = adversarial * terms[0] + square * terms[1] + similar * terms[2]
        for name, gradient in zip(g, torch.autograd.grad(total, list(g.values()))):
            save(f"gradient.generator.{name}", gradient)
        print(*(repr(term.item()) for term in (*terms, told)))
