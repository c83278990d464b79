"""Writes TIFFs and folders of TIFFs as other programs leave them: write_tiff_inputs.py <folder>"""
import os
import sys

import numpy as np
import tifffile
from input_samples import Manifest, pixels

manifest = Manifest(sys.argv[1])
EXTENTS = {"T": 2, "C": 3, "Z": 4, "Y": 11, "X": 13}


def shape(axes):
    return tuple(EXTENTS[axis] for axis in axes)


for dtype in ("u1", "u2", "f4"):
    for axes in ("TCZYX", "TZCYX", "CTZYX", "CZTYX", "ZTCYX", "ZCTYX"):
        for byteorder in "<>":
            data = pixels(shape(axes), dtype)
            name = f"ome_{axes}_{dtype}_{'little' if byteorder == '<' else 'big'}.ome.tif"
            tifffile.imwrite(manifest.path(name), data, ome=True, byteorder=byteorder, metadata={
                "axes": axes, "PhysicalSizeX": 200, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.3, "PhysicalSizeZ": 1.5,
                "TimeIncrement": 250, "TimeIncrementUnit": "ms", "Channel": {"Name": ["DNA", "actin <β>", "c"]}})
            manifest.expect(name, data, "OME-TIFF", axes, voxel=[1.5, 0.3, 0.2], interval=0.25, channels=["DNA", "actin <β>", "c"])
    data = pixels(shape("TZCYX"), dtype)
    tifffile.imwrite(manifest.path(f"imagej_{dtype}.tif"), data, imagej=True, resolution=(1 / 0.25, 1 / 0.5), metadata={
        "axes": "TZCYX", "spacing": 2.5, "unit": "um", "finterval": 0.5})
    manifest.expect(f"imagej_{dtype}.tif", data, "ImageJ hyperstack", "TZCYX", voxel=[2.5, 0.5, 0.25], interval=0.5)
    data = pixels(shape("ZYX"), dtype)
    tifffile.imwrite(manifest.path(f"plain_{dtype}.tif"), data, photometric="minisblack", compression="zlib", metadata=None)
    manifest.expect(f"plain_{dtype}.tif", data, "TIFF stack", "ZYX")

# A name that says nothing: the content decides.
os.rename(manifest.path("plain_u1.tif"), manifest.path("plain.dat"))
os.rename(manifest.path("plain_u1.tif.raw"), manifest.path("plain.dat.raw"))
manifest.good["plain.dat"] = {**manifest.good.pop("plain_u1.tif"), "open": "plain.dat"}


def folder(name, files, **options):
    os.makedirs(manifest.path(name))
    for file, data in files.items():
        tifffile.imwrite(os.path.join(manifest.path(name), file), data, **{"photometric": "minisblack", "metadata": None, **options})


data = pixels((12, 4, 11, 13), "u2")
folder("volumes", {f"t{t}.TIF" if t == 3 else f"t{t}.tif": data[t] for t in range(12)})
open(os.path.join(manifest.path("volumes"), "notes.txt"), "w").close()
open(os.path.join(manifest.path("volumes"), "._t1.tif"), "w").close()  # what macOS leaves on shares
manifest.expect("volumes", data, "folder of TIFFs, one a time point", "TZYX")

data = pixels((11, 11, 13), "f4")
folder("planes", {f"z{z}.tiff": data[z] for z in range(11)})
manifest.expect("planes", data, "folder of TIFFs, one a plane", "ZYX")

data = pixels((3, 4, 2, 11, 13), "u1")
folder("hyperstacks", {f"s_{t:03}.tif": data[t:t + 1] for t in range(3)}, imagej=True, resolution=(4, 4), photometric=None,
       metadata={"axes": "TZCYX", "spacing": 2, "unit": "um", "finterval": 3})
manifest.expect("hyperstacks", data, "folder of TIFFs, one a time point", "TZCYX", voxel=[2, 0.25, 0.25], interval=3)

data = pixels((6, 4, 11, 13), "u2")
folder("several", {f"part{p}.tif": data[2 * p:2 * p + 2] for p in range(3)}, imagej=True, photometric=None, metadata={"axes": "TZYX"})
manifest.expect("several", data, "folder of TIFFs, several time points each", "TZYX")

# Two channels make a file more than a single plane, so files are time points.
data = pixels((3, 2, 11, 13), "u2")
folder("channels", {f"t{t}.tif": data[t] for t in range(3)}, imagej=True, photometric=None, metadata={"axes": "CYX"})
manifest.expect("channels", data, "folder of TIFFs, one a time point", "TCYX")

folder("bad_sizes", {"a.tif": np.zeros((2, 8, 8), "u2"), "b.tif": np.zeros((2, 8, 9), "u2")})
manifest.refuse("bad_sizes", "b.tif' holds 1 channel(s) of 2×8×9 uint16", "a.tif' holds 1 channel(s) of 2×8×8 uint16", "natural order of their names",
                "single plane", "time points")
folder("bad_types", {"a.tif": np.zeros((2, 8, 8), "u2"), "b.tif": np.zeros((2, 8, 8), "u1")})
manifest.refuse("bad_types", "2×8×8 uint8", "2×8×8 uint16")
folder("bad_planes", {"a.tif": np.zeros((8, 8), "u2"), "b.tif": np.zeros((2, 8, 8), "u2")})
manifest.refuse("bad_planes", "1×8×8", "2×8×8")
folder("bad_int32", {"a.tif": np.zeros((2, 8, 8), "i4")})
manifest.refuse("bad_int32", "int32", "uint8, uint16, float32")
tifffile.imwrite(manifest.path("bad_int32.tif"), np.zeros((2, 8, 8), "i4"))
manifest.refuse("bad_int32.tif", "int32", "uint8, uint16, float32")
manifest.save()
