"""What PyTorch makes of a list of expressions: torch_members.py FOLDER.

FOLDER/cases.json lists cases, each with a name, the shapes of its inputs (FOLDER/NAME.0.f32, ...), and either
  expression  of a, b, c, d; its tensors are written, then with order 1 or 2 the gradients of their squares' weighted sum by each input, then with
              order 2 the gradients of the sum of those gradients' squares
  module      and optimizer, an expression of p, or null; the module's parameters and buffers are written, what it makes of a, the
              gradients by its parameters, and after three steps its parameters and buffers again
FOLDER/NAME.out gets the tensors one after another: dimensions, sizes (int64), elements (float64); -1 stands for no tensor.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def write(file, tensor):
    if tensor is None:
        file.write(struct.pack("<q", -1))
        return
    file.write(struct.pack(f"<{1 + tensor.dim()}q", tensor.dim(), *tensor.shape))
    file.write(tensor.detach().to(torch.float64).contiguous().numpy().tobytes())


def weighted(tensors):
    real = [t for t in tensors if t.is_floating_point() and t.requires_grad]
    return sum((t * t * torch.linspace(-1, 1, t.numel()).reshape(t.shape)).sum() for t in real)


def evaluate(case, inputs, file):
    names = dict(zip("abcd", inputs), torch=torch, F=F, nn=nn)
    made = eval(case["expression"], names)
    made = [made] if torch.is_tensor(made) else list(made)
    for tensor in made:
        write(file, tensor)
    if case["order"] < 1:
        return
    first = torch.autograd.grad(weighted(made), inputs, create_graph=case["order"] > 1, allow_unused=True)
    for tensor in first:
        write(file, tensor)
    if case["order"] > 1:
        for tensor in torch.autograd.grad(sum((g * g).sum() for g in first if g is not None), inputs, allow_unused=True):
            write(file, tensor)


def train(case, inputs, file):
    torch.manual_seed(7)
    x = inputs[0].detach()
    net = eval(case["module"], {"nn": nn})
    state = list(net.parameters()) + list(net.buffers())
    for tensor in state:
        write(file, tensor)
    y = net(x)
    write(file, y)
    for tensor in torch.autograd.grad(weighted([y]), list(net.parameters())) if y.requires_grad else []:
        write(file, tensor)
    if case["optimizer"]:
        optimizer = eval(case["optimizer"], {"optim": torch.optim, "p": list(net.parameters())})
        for _ in range(3):
            optimizer.zero_grad()
            net(x).square().mean().backward()
            optimizer.step()
        for tensor in state:
            write(file, tensor)


def main(folder):
    torch.set_num_threads(1)
    for case in json.load(open(f"{folder}/cases.json")):
        inputs = []
        for i, shape in enumerate(case["shapes"]):
            values = np.fromfile(f"{folder}/{case['name']}.{i}.f32", np.float32).reshape(shape)
            inputs.append(torch.from_numpy(values).requires_grad_(case["order"] > 0))
        with open(f"{folder}/{case['name']}.out", "wb") as file:
            try:
                (train if case["module"] else evaluate)(case, inputs, file)
            except Exception as fault:
                raise RuntimeError(f"{case['expression'] or case['module']}: {fault}") from fault


main(sys.argv[1])
