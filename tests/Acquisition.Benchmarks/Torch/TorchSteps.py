"""The networks of Acquisition's Torch engine, their losses and Adam in PyTorch, for comparison.

Argument: JSON with "network" (Public, Paper, IsoNet2), "form" (Plain: as anybody would write it; Alike: the engine's own operators and
memory layout; AlikeHalf: these in half precision), "device", "threads", "batch", "crop" and "volume" (z, y, x; of IsoNet2 y and x count).
Reads lines "step N", "infer N" and "memory", and answers each with a line of JSON: times in milliseconds of the processor and of the
clock, one for each of the N, or bytes. What fails, for instance for lack of memory, answers {"error": "..."}.
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class SelfVision(nn.Module):
    """He et al. 2023, for factors 2, 2, 2; Public as in the public code, Paper as in the paper."""

    def __init__(self, network):
        super().__init__()
        self.network = network
        width, kernel, groups = (12, 1, 1) if network == "Public" else (6, 3, 3)
        layers = [nn.Conv3d(1, 16, 5, padding=2), nn.PReLU(16), nn.Conv3d(16, width, kernel, padding=kernel // 2), nn.PReLU(width)]
        for _ in range(4):
            layers += [nn.Conv3d(width, width, 3, padding=1, groups=groups), nn.PReLU(width)]
        if network == "Public":
            layers += [nn.Conv3d(width, 16, 1), nn.PReLU(16)]
        self.body = nn.Sequential(*layers)
        self.last = nn.Conv3d(16, 1, 3, padding=1) if network == "Public" else nn.Conv3d(width, 8, 3, padding=1)

    def forward(self, x):
        y = self.body(x)
        if self.network == "Public":
            return self.last(F.interpolate(y, scale_factor=2, mode="nearest"))
        y = self.last(y)
        n, _, d, h, w = y.shape
        return y.reshape(n, 2, 2, 2, d, h, w).permute(0, 4, 1, 5, 2, 6, 3).reshape(n, 1, d * 2, h * 2, w * 2)


def phase_taps():
    """Which tap on the coarse grid each tap on the fine grid falls onto, seen from each of the eight phases."""
    taps = torch.zeros(8 * 27, 27)
    for phase in range(8):
        for fine in range(27):
            z, y, x = ((p + t + 1) // 2 for p, t in zip((phase // 4, phase // 2 % 2, phase % 2), (fine // 9, fine // 3 % 3, fine % 3)))
            taps[phase * 27 + (z * 3 + y) * 3 + x, fine] = 1
    return taps


class SelfVisionAlike(nn.Module):
    """All parameters as one; the end of Public as a convolution on the coarse grid with a kernel for each phase. Gives phases."""

    def __init__(self, network):
        super().__init__()
        plain = SelfVision(network)
        self.network = network
        self.shapes = [p.shape for p in plain.parameters()]
        self.stored = nn.Parameter(torch.cat([p.detach().reshape(-1) for p in plain.parameters()]))
        self.register_buffer("taps", phase_taps())

    def forward(self, x):
        parts = [part.view(shape) for part, shape in zip(self.stored.split([s.numel() for s in self.shapes]), self.shapes)]
        layers = [parts[i:i + 3] for i in range(0, len(parts), 3)]
        if self.network == "Public":
            weight, bias = layers[-1]
            weight = (self.taps @ weight.view(16, 27).t()).view(8, 27, 16).permute(0, 2, 1).reshape(8, 16, 3, 3, 3)
            layers[-1] = [weight, bias.expand(8)]
        for weight, bias, *slopes in layers:
            x = F.conv3d(x, weight, bias, padding=weight.shape[-1] // 2, groups=x.shape[1] // weight.shape[1])
            x = F.prelu(x, slopes[0]) if slopes else x
        return x


def phases(fine):
    n, _, d, h, w = fine.shape
    return fine.view(n, d // 2, 2, h // 2, 2, w // 2, 2).permute(0, 2, 4, 6, 1, 3, 5).reshape(n, 8, d // 2, h // 2, w // 2)


class IsoNet2(nn.Module):
    """Weigert et al. 2017: a U-net of two levels whose output is added to its input."""

    def __init__(self, alike):
        super().__init__()
        self.alike = alike
        self.layers = nn.ModuleList([nn.Conv2d(i, o, k, padding=k // 2) for i, o, k in ((1, 16, 7), (16, 32, 7), (32, 64, 7), (96, 32, 7), (48, 16, 7), (16, 1, 1))])
        for layer in self.layers:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.zeros_(self.layers[5].weight)

    def forward(self, x):
        if self.alike:  # channels next to each other in memory
            x = x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
        a = F.relu(self.layers[0](x), inplace=True)
        b = F.relu(self.layers[1](F.max_pool2d(a, 2)), inplace=True)
        y = F.relu(self.layers[2](F.max_pool2d(b, 2)), inplace=True)
        y = F.relu(self.layers[3](torch.cat([F.interpolate(y, scale_factor=2), b], 1)), inplace=True)
        y = F.relu(self.layers[4](torch.cat([F.interpolate(y, scale_factor=2), a], 1)), inplace=True)
        return (self.layers[5](y) + x).contiguous()


class SelfVisionWork:
    def __init__(self, case):
        self.device, self.alike = torch.device(case["device"]), case["form"] != "Plain"
        self.net = (SelfVisionAlike if self.alike else SelfVision)(case["network"]).to(self.device)
        self.optimiser = torch.optim.Adam(self.net.parameters(), 1e-3)
        fine = [2 * n for n in case["crop"]]
        self.batch = torch.rand(case["batch"], 1, *case["crop"]), torch.rand(case["batch"], 1, *fine), torch.ones(case["batch"], 1, *fine)
        self.scale = 1 / self.batch[1].numel()
        self.volume = torch.rand(1, 1, *case["volume"])
        if case["form"] == "AlikeHalf":
            self.net.half()

    def step(self):
        crops, target, weights = (tensor.to(self.device) for tensor in self.batch)
        if self.alike:
            target, weights = phases(target), phases(weights)
        self.optimiser.zero_grad()
        loss = self.scale * (weights * (self.net(crops) - target) ** 2).sum()
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def infer(self):
        with torch.no_grad():
            volume = self.volume.to(self.device)
            return self.net(volume.to(next(self.net.parameters()).dtype)).float().cpu()


class IsoNet2Work:
    def __init__(self, case):
        self.device = torch.device(case["device"])
        self.net = IsoNet2(case["form"] != "Plain").to(self.device)
        self.optimiser = torch.optim.Adam(self.net.parameters(), 1e-3)
        self.batch = [torch.rand(case["batch"], 1, *case["crop"][1:]) for _ in range(2)]

    def step(self):
        crops, target = (tensor.to(self.device) for tensor in self.batch)
        self.optimiser.zero_grad()
        loss = 10 * torch.log10(((self.net(crops) - target) ** 2).mean((1, 2, 3)) + 1e-6).mean()
        loss.backward()
        self.optimiser.step()
        return loss.item()


def main():
    case = json.loads(sys.argv[1])
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    on_card = case["device"] != "cpu"
    work = (IsoNet2Work if case["network"] == "IsoNet2" else SelfVisionWork)(case)
    print(json.dumps({"name": f"PyTorch {torch.__version__}", "parameters": sum(p.numel() for p in work.net.parameters())}), flush=True)
    for line in sys.stdin:
        name, *count = line.split()
        if name == "memory":
            peak = torch.cuda.max_memory_reserved() if on_card else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
            print(json.dumps({"bytes": peak}), flush=True)
            continue
        processor, wall = [], []
        try:
            for _ in range(int(count[0])):
                # All threads of the process count, as they do on the other side.
                busy, clock = time.process_time(), time.perf_counter()
                getattr(work, name)()
                if on_card:
                    torch.cuda.synchronize()
                processor.append(1e3 * (time.process_time() - busy))
                wall.append(1e3 * (time.perf_counter() - clock))
            print(json.dumps({"processor_ms": processor, "wall_ms": wall}), flush=True)
        except (RuntimeError, MemoryError) as failure:
            if on_card:
                torch.cuda.empty_cache()
            print(json.dumps({"error": str(failure).splitlines()[0]}), flush=True)


main()
