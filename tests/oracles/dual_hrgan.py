#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Torch.Adversarial.DualHrgan, in PyTorch.

  dual_hrgan.py FOLDER     reads job.json and the files it names, does what it says, and writes *.f32

job.json: "task" and what the task needs; "weights" says for each network ("generator", "degradation", "fine_critic", "coarse_critic") the names and
shapes of its tensors, whose values lie one after the other in NETWORK.f32; "volumes" the shapes of inputs NAME.f32.

  forward    all four networks on "coarse" and "fine": restored.f32, degraded.f32, fine_score.f32, coarse_score.f32, and taken_back.f32, what
             the degradation makes of restored
  critics    the critics' losses on "fake_fine", "between_fine" and so on: losses.f32 (difference and penalty, fine and coarse), and the gradient
             of difference + "penalty" times penalty, gradient_fine_critic.f32 and gradient_coarse_critic.f32
  generators the generators' losses on "coarse" and "fine", what is made of which gets "normal" noise, of which only the coarse critic sees those beyond the number of coarse ones; "held" weighs
             how far it is from what it is held to: losses.f32 (fine adversary, coarse adversary, fine cycle, coarse cycle, agreement,
             what the degradation minimises where the fine cycle does not move it, total), the total's gradient, gradient_generator.f32 and
             gradient_degradation.f32, and that of the one before, gradient_degradation_apart.f32
  degradation what the degradation alone minimises on "fine": losses.f32 (coarse adversary, agreement with means, or where "held" is not 0 with
             what it is held to, total), gradient_degradation.f32

Files are raw little-endian float32. Debian: python3-torch python3-numpy python3-scipy.
"""
import json
import os
import sys

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from torch.nn.functional import conv3d, leaky_relu, relu

FINER = 3
# Variance of a coarse voxel of light x: floor + slope x.
NOISE_FLOOR, NOISE_SLOPE = 0.01, 0.05
# What the degradation is held to: deviations along z and across, coarse voxels, and the gain.
HELD_Z, HELD_LATERAL, HELD_GAIN = 1.3, 0.7, 2.0


def weighted(p, name, x, padding):
    """A convolution whose kernels are g v / |v|, each output channel by itself."""
    v = p[name + ".weight_v"]
    length = v.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1, 1)
    return conv3d(x, p[name + ".weight_g"] * v / length, p[name + ".bias"], padding=padding)


def shuffled(y, r):
    """Channel ((n r + a) r + b) r + d of a voxel (i, j, k) is voxel (r i + a, r j + b, r k + d) of feature n."""
    batch, channels, nz, ny, nx = y.shape
    out = y.new_empty(batch, channels // r ** 3, nz * r, ny * r, nx * r)
    for a in range(r):
        for b in range(r):
            for d in range(r):
                out[:, :, a::r, b::r, d::r] = y[:, (a * r + b) * r + d::r ** 3]
    return out


def enlarged(x, r):
    """Trilinear: fine voxel j stands at (j + 1/2) / r - 1/2 of the coarse grid; borders repeat."""
    for axis in (2, 3, 4):
        n = x.shape[axis]
        at = ((torch.arange(n * r, dtype=x.dtype) + 0.5) / r - 0.5).clamp(0, n - 1)
        below = at.floor().long().clamp(max=max(n - 2, 0))
        share = (at - below).reshape([-1 if a == axis else 1 for a in range(5)])
        x = x.index_select(axis, below) * (1 - share) + x.index_select(axis, (below + 1).clamp(max=n - 1)) * share
    return x


def coarsened(x, r):
    batch, channels, nz, ny, nx = x.shape
    return x.reshape(batch, channels, nz // r, r, ny // r, r, nx // r, r).mean((3, 5, 7))


def generator(p, x, skip):
    head = weighted(p, "head", x, 1)
    y = head
    block = 0
    while f"blocks.{block}.expand.bias" in p:
        inner = relu(weighted(p, f"blocks.{block}.expand", y, 0))
        y = y + weighted(p, f"blocks.{block}.restore", weighted(p, f"blocks.{block}.reduce", inner, 0), 1)
        block += 1
    fine = shuffled(weighted(p, "tail", y + head, 1), FINER)
    return fine + enlarged(x, FINER) if skip else fine


def degradation(p, x, strides_first, adds_means, slope):
    means = coarsened(x, FINER)
    layers = sum(name.endswith(".bias") for name in p)
    at = 0 if strides_first else layers - 1
    for i in range(layers):
        w, b = p[f"layers.{i}.weight"], p[f"layers.{i}.bias"]
        x = conv3d(x, w, b, stride=FINER if i == at else 1, padding=0 if i == at else 1)
        if i < layers - 1:
            x = leaky_relu(x, slope)
    return x + means if adds_means else x


def critic(p, x):
    """Kernels of four halve the grid. One number for each patch of each sample."""
    layers = sum(name.endswith(".bias") for name in p)
    for i in range(layers):
        w, b = p[f"layers.{i}.weight"], p[f"layers.{i}.bias"]
        x = conv3d(x, w, b, stride=2 if w.shape[2] == 4 else 1, padding=1)
        if i < layers - 1:
            x = leaky_relu(x, 0.2)
    return x


def penalty(p, between):
    """WGAN-GP: (|gradient of a sample's mean score| - 1)^2, which gradients go through."""
    between = between.detach().requires_grad_()
    score = critic(p, between).flatten(1).mean(1).sum()
    slope, = torch.autograd.grad(score, between, create_graph=True)
    return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


def critic_losses(p, fake, real, between):
    """(mean score of fakes - mean score of reals, penalty)"""
    return critic(p, fake).mean() - critic(p, real).mean(), penalty(p, between)


def inside(x, margin):
    """Without so many voxels at each face."""
    n = [slice(margin, extent - margin) for extent in x.shape[2:]]
    return x[:, :, n[0], n[1], n[2]]


def held(fine):
    """What is blurred and dark beyond its faces, up to three deviations."""
    image = coarsened(fine, FINER).numpy()
    for axis, sigma in ((2, HELD_Z), (3, HELD_LATERAL), (4, HELD_LATERAL)):
        image = gaussian_filter1d(image, sigma, axis, mode="constant", radius=int(np.ceil(3 * sigma)))
    return HELD_GAIN * torch.from_numpy(image)


def generator_losses(g, f, df, dc, coarse, fine, normal, s, consistency):
    restored = generator(g, coarse, s["skip"])
    light = degradation(f, fine, s["strides_first"], s["means"], s["slope"])
    degraded = light + normal * torch.sqrt(NOISE_FLOOR + NOISE_SLOPE * light.detach().clamp(min=0))
    again_coarse = degradation(f, restored, s["strides_first"], s["means"], s["slope"])
    m = s["margin"]
    from_held = (inside(light, m) - inside(held(fine), m)).abs().mean()
    fine = fine[:len(coarse)]
    again_fine = generator(g, degraded[:len(coarse)], s["skip"])
    again_fine, fine, restored = (inside(x, FINER * m) for x in (again_fine, fine, restored))
    again_coarse, coarse, degraded = (inside(x, m) for x in (again_coarse, coarse, degraded))
    adversary_fine, adversary_coarse = -critic(df, restored).mean(), -critic(dc, degraded).mean()
    cycle_fine, cycle_coarse = (again_fine - fine).abs().mean(), (again_coarse - coarse).abs().mean()
    agreement = (coarsened(restored, FINER) - coarse).abs().mean()
    wf, wc = s["fine_adversary"], s["coarse_adversary"]
    if s["per_voxel"]:
        wf, wc = wf / np.sqrt(fine[0].numel()), wc / np.sqrt(coarse[0].numel())
    degradation_apart = wc * adversary_coarse + s["cycle"] * cycle_coarse + s["held"] * from_held
    total = wf * adversary_fine + wc * adversary_coarse + s["cycle"] * (cycle_fine + cycle_coarse) + consistency * agreement + s["held"] * from_held
    return adversary_fine, adversary_coarse, cycle_fine, cycle_coarse, agreement, degradation_apart, total


def main(folder):
    with open(os.path.join(folder, "job.json")) as file:
        job = json.load(file)
    s = job["settings"]

    def read(name):
        return torch.from_numpy(np.fromfile(os.path.join(folder, name + ".f32"), "<f4")).double()

    def write(name, values):
        values = values if torch.is_tensor(values) else torch.stack(list(values))
        values.detach().numpy().astype("<f4").tofile(os.path.join(folder, name + ".f32"))

    networks = {}
    for network, tensors in job["weights"].items():
        values = read(network)
        networks[network] = {}
        for name, shape in tensors:
            size = int(np.prod(shape))
            networks[network][name], values = values[:size].reshape(shape).clone().requires_grad_(), values[size:]
        assert len(values) == 0, f"{len(values)} weights of {network} are left"
    volumes = {name: read(name).reshape(shape) for name, shape in job["volumes"].items()}
    g, f, df, dc = (networks[name] for name in ("generator", "degradation", "fine_critic", "coarse_critic"))

    def gradient(loss, *names, of=""):
        leaves = [(name, p) for name in names for p in networks[name].values()]
        found = torch.autograd.grad(loss, [p for _, p in leaves], retain_graph=True)
        for wanted in names:
            write("gradient_" + wanted + of, torch.cat([d.flatten() for (name, _), d in zip(leaves, found) if name == wanted]))

    if job["task"] == "forward":
        restored = generator(g, volumes["coarse"], s["skip"])
        write("restored", restored)
        write("taken_back", degradation(f, restored, s["strides_first"], s["means"], s["slope"]))
        write("degraded", degradation(f, volumes["fine"], s["strides_first"], s["means"], s["slope"]))
        write("fine_score", critic(df, volumes["fine"]))
        write("coarse_score", critic(dc, volumes["coarse"]))
    elif job["task"] == "critics":
        losses = []
        for p, grid in ((df, "fine"), (dc, "coarse")):
            terms = critic_losses(p, *(volumes[f"{kind}_{grid}"] for kind in ("fake", "real", "between")))
            gradient(terms[0] + s["penalty"] * terms[1], f"{grid}_critic")
            losses += terms
        write("losses", losses)
    elif job["task"] == "degradation":
        expected = held(volumes["fine"]) if s["held"] else coarsened(volumes["fine"], FINER)
        degraded, expected = (inside(x, s["margin"]) for x in (degradation(f, volumes["fine"], s["strides_first"], s["means"], s["slope"]), expected))
        adversary, agreement = -critic(dc, degraded).mean(), (degraded - expected).abs().mean()
        weight = s["coarse_adversary"] / (np.sqrt(degraded[0].numel()) if s["per_voxel"] else 1)
        losses = adversary, agreement, weight * adversary + (s["held"] or s["consistency"]) * agreement
        gradient(losses[-1], "degradation")
        write("losses", losses)
    else:
        losses = generator_losses(g, f, df, dc, volumes["coarse"], volumes["fine"], volumes["normal"], s, s["consistency"])
        gradient(losses[-1], "generator", "degradation")
        gradient(losses[-2], "degradation", of="_apart")
        write("losses", losses)


if __name__ == "__main__":
    main(sys.argv[1])
