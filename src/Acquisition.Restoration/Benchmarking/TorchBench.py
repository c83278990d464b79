"""Times the networks of Acquisition in PyTorch: convolutions, loss, gradients and Adam, without cropping or interpolation.

Arguments: public|paper fz,fy,fx threads batch z,y,x z,y,x (crop, volume). Reads lines "training_step N" and "inference N" from the
standard input, does that N times and answers with a line of JSON: medians in milliseconds of the processor and of the clock.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn


def ints(text):
    return [int(part) for part in text.split(",")]


class SelfVision(nn.Module):
    """He et al. 2023; 'public' as in the public code, 'paper' as in the paper."""

    def __init__(self, variant, factors):
        super().__init__()
        self.variant, self.factors = variant, factors
        width, kernel, groups = (12, 1, 1) if variant == "public" else (6, 3, 3)
        layers = [nn.Conv3d(1, 16, 5, padding=2), nn.PReLU(16), nn.Conv3d(16, width, kernel, padding=kernel // 2), nn.PReLU(width)]
        for _ in range(4):
            layers += [nn.Conv3d(width, width, 3, padding=1, groups=groups), nn.PReLU(width)]
        if variant == "public":
            layers += [nn.Conv3d(width, 16, 1), nn.PReLU(16)]
        fz, fy, fx = factors
        self.body = nn.Sequential(*layers)
        self.last = nn.Conv3d(16, 1, 3, padding=1) if variant == "public" else nn.Conv3d(width, fz * fy * fx, 3, padding=1)

    def forward(self, x):
        y = self.body(x)
        if self.variant == "public":
            return self.last(nn.functional.interpolate(y, scale_factor=tuple(self.factors), mode="nearest"))
        y = self.last(y)
        (fz, fy, fx), (n, _, d, h, w) = self.factors, y.shape
        return y.reshape(n, fz, fy, fx, d, h, w).permute(0, 4, 1, 5, 2, 6, 3).reshape(n, 1, d * fz, h * fy, w * fx)


def main():
    variant, factors, threads, batch, crop, volume = sys.argv[1:]
    factors = ints(factors)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    net = SelfVision(variant, factors)
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    crops, volume = torch.rand(int(batch), 1, *ints(crop)), torch.rand(1, 1, *ints(volume))
    target = torch.rand(int(batch), 1, *[n * f for n, f in zip(crops.shape[2:], factors)])

    def training_step():
        loss = nn.functional.mse_loss(net(crops), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    def inference():
        with torch.no_grad():
            net(volume)

    work = {"training_step": training_step, "inference": inference}
    warm = set()
    print(json.dumps({"torch": torch.__version__, "parameters": sum(p.numel() for p in net.parameters())}), flush=True)
    for line in sys.stdin:
        name, count = line.split()
        if name not in warm:
            work[name]()
            warm.add(name)
        processor, wall = [], []
        for _ in range(int(count)):
            # All threads of the process count, as they do on the other side; this one alone runs.
            busy, clock = time.process_time(), time.perf_counter()
            work[name]()
            processor.append(1e3 * (time.process_time() - busy))
            wall.append(1e3 * (time.perf_counter() - clock))
        print(json.dumps({"processor_ms": statistics.median(processor), "wall_ms": statistics.median(wall)}), flush=True)


main()
