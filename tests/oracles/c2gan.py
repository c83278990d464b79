#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Torch.Adversarial.C2Gan, in PyTorch: networks, losses, steps, the map of doubt.

  c2gan.py forward FOLDER      what the forward generator and discriminator_b make of a.f32, to generator.f32 and discriminator.f32
  c2gan.py losses FOLDER       every term for a.f32 and b.f32, to losses.json
  c2gan.py steps FOLDER        the four networks' tensors after the steps of the case's schedule, to after.NETWORK.NAME.f32
  c2gan.py thresholds FOLDER   alpha and beta of the scaled samples a.f32 and b.f32, to thresholds.json
  c2gan.py predict FOLDER      of the scaled plane a.f32: predicted.f32 and doubt.f32; the sum of squared residuals to residual.json

FOLDER/case.json says sizes and weights. Tensors are raw little-endian float32; networks' in NETWORK.NAME.f32, with shapes in case.json. Thresholds of
the case and images for all but the last two are in the networks' -1 to 1. Debian: python3-torch python3-numpy.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F


def normalised(w, name, y):
    mean = y.mean((2, 3), keepdim=True)
    spread = ((y - mean) ** 2).mean((2, 3), keepdim=True)
    return (y - mean) / torch.sqrt(spread + 1e-5) * w[f"{name}.weight"].view(1, -1, 1, 1) + w[f"{name}.bias"].view(1, -1, 1, 1)


def generator(w, blocks, x):
    """x [n, 1, y, x] in -1 to 1; extents are multiples of 4."""

    def mirrored(y, edge):
        return F.pad(y, (edge,) * 4, mode="reflect")

    def unit(i, y):
        return torch.relu(normalised(w, f"norms.{i}", y))

    y = unit(0, F.conv2d(mirrored(x, 3), w["layers.0.weight"]))
    y = unit(1, F.conv2d(y, w["layers.1.weight"], stride=2, padding=1))
    y = unit(2, F.conv2d(y, w["layers.2.weight"], stride=2, padding=1))
    i = 3
    for _ in range(blocks):
        inner = unit(i, F.conv2d(mirrored(y, 1), w[f"layers.{i}.weight"]))
        y = y + normalised(w, f"norms.{i + 1}", F.conv2d(mirrored(inner, 1), w[f"layers.{i + 1}.weight"]))
        i += 2
    for _ in range(2):
        y = unit(i, F.conv_transpose2d(y, w[f"layers.{i}.weight"], stride=2, padding=1, output_padding=1))
        i += 1
    return torch.tanh(F.conv2d(mirrored(y, 3), w[f"layers.{i}.weight"], w[f"layers.{i}.bias"]))


def discriminator(w, strides, x):
    """One number a patch, [n, 1, y', x']; strides of all but the last layer."""
    y = x
    for i, stride in enumerate(list(strides) + [1]):
        # As many samples as went in, or half of them; an even kernel has more on its far side.
        y = F.pad(y, (1, 1, 1, 1) if stride == 2 else (1, 2, 1, 2))
        y = F.conv2d(y, w[f"layers.{i}.weight"], w.get(f"layers.{i}.bias"), stride=stride)
        if i == len(strides):
            return y
        if i > 0:
            y = normalised(w, f"norms.{i - 1}", y)
        y = torch.where(y > 0, y, 0.2 * y)


def mask(x, threshold, slope):
    return 1 / (1 + torch.exp(-slope * (x - threshold)))


def losses(case, nets, a, b):
    """All terms of both generators, unweighted."""
    g, f, da, db = (nets[name] for name in ("forward", "backward", "discriminator_a", "discriminator_b"))
    blocks, strides, real, slope = case["blocks"], case["strides"], case["real"], case["slope"]
    fake_b, fake_a = generator(g, blocks, a), generator(f, blocks, b)
    terms = {
        "adversary_b": ((discriminator(db, strides, fake_b) - real) ** 2).mean(),
        "adversary_a": ((discriminator(da, strides, fake_a) - real) ** 2).mean(),
        "cycle_a": (generator(f, blocks, fake_b) - a).abs().mean(),
        "cycle_b": (generator(g, blocks, fake_a) - b).abs().mean(),
        "content": (mask(a, case["alpha"], slope) - mask(fake_b, case["beta"], slope)).abs().mean()
        + (mask(b, case["beta"], slope) - mask(fake_a, case["alpha"], slope)).abs().mean(),
    }
    return terms, fake_a, fake_b


def weighted(case, terms):
    return (
        case["adversary"] * (terms["adversary_b"] + terms["adversary_a"])
        + case["cycle"] * (terms["cycle_a"] + terms["cycle_b"])
        + case["content"] * terms["content"]
    )


def judged(case, w, real, fake):
    """The loss of a discriminator."""
    strides = case["strides"]
    return (((discriminator(w, strides, real) - case["real"]) ** 2).mean() + (discriminator(w, strides, fake) ** 2).mean()) / 2


def otsu(samples, low, high, bins):
    """Upper edge of the last bin below, where the classes' means lie farthest apart, weighted (Otsu 1979)."""
    counts, edges = np.histogram(np.clip(samples, low, np.nextafter(high, low)), bins, (low, high))
    centres = (edges[1:] + edges[:-1]) / 2
    best, at = -1, low
    for k in range(1, bins):
        below, above = counts[:k].sum(), counts[k:].sum()
        if below == 0 or above == 0:
            continue
        apart = below * above * ((counts[:k] * centres[:k]).sum() / below - (counts[k:] * centres[k:]).sum() / above) ** 2
        if apart > best * (1 + 1e-12):
            best, at = apart, edges[k]
    return at


def main():
    command, folder = sys.argv[1:3]
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)

    def read(name, shape=(-1,)):
        return torch.from_numpy(np.fromfile(os.path.join(folder, name + ".f32"), "<f4")).double().reshape(*shape)

    def write(name, tensor):
        tensor.detach().numpy().astype("<f4").tofile(os.path.join(folder, name + ".f32"))

    if command == "thresholds":
        a, b = read("a").numpy(), read("b").numpy()
        alpha = otsu(a, case["low"], case["high"], case["bins"])
        share = (a > alpha).mean()
        with open(os.path.join(folder, "thresholds.json"), "w") as file:
            json.dump({"alpha": alpha, "beta": np.quantile(b, 1 - share), "share": share}, file)
        return

    nets = {}
    for name, shape in case["tensors"].items():
        network, own = name.split(".", 1)
        nets.setdefault(network, {})[own] = read(name, shape).requires_grad_()
    a = read("a", case["shape"])
    if command == "predict":
        height, width = case["shape"]
        below, beside = -height % 4, -width % 4
        padded = torch.from_numpy(np.pad(a.numpy(), ((0, below), (0, beside)), mode="symmetric"))[None, None]
        half = (case["highest"] - case["lowest"]) / 2
        x = (padded - case["lowest"]) / half - 1
        y = generator(nets["forward"], case["blocks"], x)
        back = generator(nets["backward"], case["blocks"], y)
        doubt = (mask(x, case["alpha"], case["slope"]) - mask(y, case["beta"], case["slope"])).abs()
        write("predicted", ((y + 1) * half + case["lowest"])[0, 0, :height, :width].contiguous())
        write("doubt", doubt[0, 0, :height, :width].contiguous())
        with open(os.path.join(folder, "residual.json"), "w") as file:
            json.dump(float((((back - x) * half) ** 2)[0, 0, :height, :width].sum()), file)
        return

    if command == "forward":
        write("generator", generator(nets["forward"], case["blocks"], a))
        write("discriminator", discriminator(nets["discriminator_b"], case["strides"], a))
        return

    b = read("b", case["shape"])
    if command == "losses":
        terms, fake_a, fake_b = losses(case, nets, a, b)
        terms["total"] = weighted(case, terms)
        terms["judge_a"] = judged(case, nets["discriminator_a"], a, fake_a)
        terms["judge_b"] = judged(case, nets["discriminator_b"], b, fake_b)
        with open(os.path.join(folder, "losses.json"), "w") as file:
            json.dump({name: float(value) for name, value in terms.items()}, file)
        return

    # Each network has a loss and an optimiser of its own; the discriminators judge what the generators made before their step.
    movers = {name: torch.optim.Adam(list(tensors.values()), lr=1, betas=(0.5, 0.999), eps=1e-8) for name, tensors in nets.items()}
    for step in case["schedule"]:
        terms, fake_a, fake_b = losses(case | {"slope": step["slope"]}, nets, a, b)
        owned = {
            "forward": (total := weighted(case | {"content": step["content"]}, terms)),
            "backward": total,
            "discriminator_a": judged(case, nets["discriminator_a"], a, fake_a.detach()),
            "discriminator_b": judged(case, nets["discriminator_b"], b, fake_b.detach()),
        }
        for name, loss in owned.items():
            for tensor, gradient in zip(nets[name].values(), torch.autograd.grad(loss, list(nets[name].values()), retain_graph=True)):
                tensor.grad = gradient
        for mover in movers.values():
            mover.param_groups[0]["lr"] = step["rate"]
            mover.step()
    for network, tensors in nets.items():
        for name, tensor in tensors.items():
            write(f"after.{network}.{name}", tensor)


if __name__ == "__main__":
    main()
