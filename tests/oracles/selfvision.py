#!/usr/bin/python3
"""Independent answers for the tests of Acquisition.Restoration, in numpy, PyTorch and scikit-image.

  network FOLDER public|paper FZ,FY,FX Z,Y,X   builds the network from its description in double precision with random parameters,
                                               writes input, target, parameters, output and gradients of the mean square error
  training FOLDER public|paper FZ,FY,FX N,Z,Y,X STEPS RATE SCALE
                                               reads parameters, inputs, details and weights, writes the network's detail, the gradient of
                                               SCALE times the weighted sum of squared errors, and the parameters after steps of Adam
  model FILE.safetensors FOLDER Z,Y,X          loads a stored one-stage model by its tensor names, writes input and output
  resample FOLDER Z,Y,X FZ,FY,FX               writes a volume, its shrunk copy and the shrunk copy enlarged again
  quality FOLDER Z,Y,X                         writes two volumes, prints PSNR and SSIM inside a border of 4

Files are raw little-endian float32, row-major. Debian: python3-numpy python3-torch python3-skimage.
"""
import json
import os
import struct
import sys

import numpy as np


def ints(text):
    return [int(part) for part in text.split(",")]


def save(folder, name, array):
    np.asarray(array, dtype="<f4").tofile(os.path.join(folder, name + ".f32"))


# Resampling as dense matrices: Keys cubic (a = -0.5), antialiased when shrinking, borders mirrored at the samples' outer edge.
def matrix(n, m, scale):
    out = np.zeros((m, n))
    for i in range(m):
        centre, stretch = (i + 0.5) / scale - 0.5, max(1, 1 / scale)
        taps = np.arange(int(np.floor(centre - 2 * stretch)) - 1, int(np.ceil(centre + 2 * stretch)) + 2)
        a = np.abs(taps - centre) / stretch
        w = np.where(a <= 1, 1.5 * a**3 - 2.5 * a**2 + 1, np.where(a <= 2, -0.5 * a**3 + 2.5 * a**2 - 4 * a + 2, 0))
        for tap, weight in zip(taps, w / w.sum()):
            tap %= 2 * n
            out[i, tap if tap < n else 2 * n - 1 - tap] += weight
    return out


def resize(volume, shape, scales):
    for axis, (m, scale) in enumerate(zip(shape, scales)):
        if scale != 1:
            volume = np.moveaxis(np.tensordot(matrix(volume.shape[axis], m, scale), volume, (1, axis)), 0, axis)
    return volume


def build(variant, factors):
    from torch import nn

    width, kernel, groups = (12, 1, 1) if variant == "public" else (6, 3, 3)
    body = [nn.Conv3d(1, 16, 5, padding=2), nn.PReLU(16), nn.Conv3d(16, width, kernel, padding=kernel // 2), nn.PReLU(width)]
    for _ in range(4):
        body += [nn.Conv3d(width, width, 3, padding=1, groups=groups), nn.PReLU(width)]
    if variant == "public":
        body += [nn.Conv3d(width, 16, 1), nn.PReLU(16)]
    last = nn.Conv3d(16, 1, 3, padding=1) if variant == "public" else nn.Conv3d(width, int(np.prod(factors)), 3, padding=1)
    return nn.ModuleDict({"body": nn.Sequential(*body), "last": last}).double()


def load(folder, name):
    return np.fromfile(os.path.join(folder, name + ".f32"), "<f4").astype(np.float64)


def detail(net, variant, factors, x):
    import torch

    y = net["body"](x)
    if variant == "public":
        y = net["last"](torch.nn.functional.interpolate(y, scale_factor=tuple(factors), mode="nearest"))
    else:
        y = net["last"](y)
        (fz, fy, fx), (n, _, d, h, w) = factors, y.shape
        y = y.reshape(n, fz, fy, fx, d, h, w).permute(0, 4, 1, 5, 2, 6, 3).reshape(n, 1, d * fz, h * fy, w * fx)
    return y


def forward(net, variant, factors, x):
    import torch

    volume = x[0, 0].numpy()
    fine = [n * f for n, f in zip(volume.shape, factors)]
    return detail(net, variant, factors, x) + torch.tensor(resize(volume, fine, factors))


def network(folder, variant, factors, shape):
    import torch

    torch.manual_seed(5)
    net = build(variant, factors)
    lowest = 0.1
    for name, parameter in net.named_parameters():
        is_slope = parameter.dim() == 1 and name.endswith("weight")
        if is_slope:
            # Every second rectifier folds: what went in cannot be told from what came out.
            torch.nn.init.uniform_(parameter, lowest, 0.4)
            lowest = 0.1 if lowest < 0 else -0.2
        elif parameter.dim() == 1:
            torch.nn.init.normal_(parameter, 0, 0.1)
        else:
            torch.nn.init.kaiming_normal_(parameter, a=0.25)
        parameter.data = parameter.data.float().double()
    x = torch.rand(1, 1, *shape).double()
    target = torch.rand(1, 1, *[n * f for n, f in zip(shape, factors)]).double()
    y = forward(net, variant, factors, x)
    torch.mean((y - target) ** 2).backward()
    parameters = list(net["body"].parameters()) + list(net["last"].parameters())
    save(folder, "input", x)
    save(folder, "target", target)
    save(folder, "output", y.detach())
    save(folder, "parameters", torch.cat([p.detach().flatten() for p in parameters]))
    save(folder, "gradient", torch.cat([p.grad.flatten() for p in parameters]))


def training(folder, variant, factors, shape, steps, rate, scale):
    import torch

    net = build(variant, factors)
    parameters = list(net["body"].parameters()) + list(net["last"].parameters())
    values, at = load(folder, "parameters"), 0
    for parameter in parameters:
        parameter.data = torch.tensor(values[at:at + parameter.numel()]).reshape(parameter.shape)
        at += parameter.numel()
    n, *coarse = shape
    fine = [n, 1] + [length * factor for length, factor in zip(coarse, factors)]
    x = torch.tensor(load(folder, "inputs")).reshape([n, 1] + coarse)
    target, weights = (torch.tensor(load(folder, name)).reshape(fine) for name in ("details", "weights"))
    adam = torch.optim.Adam(parameters, rate)
    for step in range(steps):
        y = detail(net, variant, factors, x)
        adam.zero_grad()
        (scale * torch.sum(weights * (y - target) ** 2)).backward()
        if step == 0:
            save(folder, "detail", y.detach())
            save(folder, "gradient", torch.cat([p.grad.flatten() for p in parameters]))
        adam.step()
    save(folder, "stepped", torch.cat([p.detach().flatten() for p in parameters]))


def model(path, folder, shape):
    import torch

    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    notes = header.pop("__metadata__")
    factors = ints(notes["factors"])
    net = build(notes["variant"].lower(), factors)
    state = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).astype(np.float64)
        state[name[len("stage0."):]] = torch.tensor(values)
    net.load_state_dict(state)
    torch.manual_seed(6)
    x = torch.rand(1, 1, *shape).double()
    with torch.no_grad():
        save(folder, "output", forward(net, notes["variant"].lower(), factors, x))
    save(folder, "input", x)
    print(json.dumps(notes))


def resample(folder, shape, factors):
    volume = np.random.default_rng(7).random(shape).astype(np.float32)
    small = resize(volume.astype(np.float64), [-(-n // f) for n, f in zip(shape, factors)], [1 / f for f in factors])
    small = small.astype(np.float32)
    save(folder, "fine", volume)
    save(folder, "coarse", small)
    save(folder, "enlarged", resize(small.astype(np.float64), shape, factors))


def quality(folder, shape):
    from skimage.metrics import structural_similarity

    random = np.random.default_rng(8)
    a = random.random(shape).astype(np.float32)
    b = np.clip(a + 0.1 * random.standard_normal(shape), 0, 1).astype(np.float32)
    save(folder, "a", a)
    save(folder, "b", b)
    z = min(4, shape[0] // 8) if shape[0] >= 8 else 0
    cut = (slice(z, shape[0] - z), slice(4, -4), slice(4, -4))
    a, b = a[cut].astype(np.float64).squeeze(), b[cut].astype(np.float64).squeeze()
    window = min(7, min(a.shape) // 2 * 2 - 1)
    print(json.dumps({"psnr": 10 * np.log10(1 / np.mean((a - b) ** 2)),
                      "ssim": structural_similarity(b, a, data_range=1.0, win_size=window)}))


def main():
    command, rest = sys.argv[1], sys.argv[2:]
    if command == "network":
        network(rest[0], rest[1], ints(rest[2]), ints(rest[3]))
    elif command == "training":
        training(rest[0], rest[1], ints(rest[2]), ints(rest[3]), int(rest[4]), float(rest[5]), float(rest[6]))
    elif command == "model":
        model(rest[0], rest[1], ints(rest[2]))
    elif command == "resample":
        resample(rest[0], ints(rest[1]), ints(rest[2]))
    elif command == "quality":
        quality(rest[0], ints(rest[1]))
    else:
        sys.exit(__doc__)


main()
