"""What the writers of stored volumes for tests share: pixels, and the manifest that says what each input holds."""
import json
import os

import numpy as np

generator = np.random.default_rng(4711)


def pixels(shape, dtype):
    """Smooth enough to compress, different at each place, never zero throughout a plane."""
    values = np.cumsum(generator.integers(-3, 4, size=shape), axis=-1) + 100 + np.arange(np.prod(shape)).reshape(shape)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        values = values * 7.25
        values.flat[3::97] = np.nan
        return values.astype(dtype)
    return (values % 251 + 1 if dtype.itemsize == 1 else values * 37 % 65521 + 1).astype(dtype)


class Manifest:
    """Beside each good input lies its pixels, (t, c, z, y, x), little-endian, as <name>.raw; manifest.json says what each holds, and of
    each bad input what its fault must name."""

    def __init__(self, folder):
        self.folder, self.good, self.bad = folder, {}, {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def expect(self, name, data, format, axes="TCZYX", voxel=None, interval=None, channels=None, missing=(), open=None):
        """data: of the given axes. missing: (t, c, z) of each plane that was never stored."""
        full = data
        for place, axis in enumerate("TCZYX"):
            if axis not in axes:
                axes, full = axis + axes, full[None]
        full = full.transpose([axes.index(axis) for axis in "TCZYX"])
        full.astype(full.dtype.newbyteorder("<")).tofile(self.path(name + ".raw"))
        t, c, z, y, x = full.shape
        self.good[name] = {
            "open": open or name, "format": format, "t": t, "c": c, "z": z, "y": y, "x": x, "type": full.dtype.name, "voxel": voxel,
            "interval": interval, "channels": channels, "missing": [list(map(int, index)) for index in missing]}

    def refuse(self, name, *words):
        self.bad[name] = list(words)

    def save(self):
        with open(self.path("manifest.json"), "w", encoding="utf-8") as file:
            json.dump({"good": self.good, "bad": self.bad}, file)
