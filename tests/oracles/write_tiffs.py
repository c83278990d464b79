"""Writes TIFF files of every accepted kind, and some that are not: write_tiffs.py <folder>

Beside each good file lies its pixels, (t, c, z, y, x), little-endian, as <name>.raw; manifest.json says what each file holds.
"""
import json
import os
import sys

import numpy as np
import tifffile
from PIL import Image

folder = sys.argv[1]
manifest = {}
generator = np.random.default_rng(4711)


def pixels(shape, dtype):
    """Smooth enough to compress, rough enough to exercise every code width of LZW."""
    values = np.cumsum(generator.integers(-3, 4, size=shape), axis=-1) + 100
    values = values + generator.integers(0, 2, size=shape) * generator.integers(0, 100, size=shape)
    return (values % 251 if dtype == "u1" else values * 7.25 if dtype == "f4" else values * 37 % 65521).astype(dtype)


def expect(name, data, voxel=None, channels=None):
    """data: (t, c, z, y, x)"""
    data.astype(data.dtype.newbyteorder("<")).tofile(os.path.join(folder, name + ".raw"))
    t, c, z, y, x = data.shape
    manifest[name] = {"t": t, "c": c, "z": z, "y": y, "x": x, "type": data.dtype.name, "voxel": voxel, "channels": channels}


def plain(name, dtype="u2", shape=(5, 37, 53), big_endian=False, **options):
    data = pixels(shape, dtype)
    tifffile.imwrite(os.path.join(folder, name), data, byteorder=">" if big_endian else "<", photometric="minisblack", **options)
    expect(name, data[None, None])


for dtype in ("u1", "u2", "f4"):
    for big_endian in (False, True):
        for bigtiff in (False, True):
            kind = f"{dtype}_{'be' if big_endian else 'le'}_{'big' if bigtiff else 'classic'}"
            common = dict(dtype=dtype, big_endian=big_endian, bigtiff=bigtiff)
            plain(f"{kind}_strip.tif", **common)
            plain(f"{kind}_strips.tif", rowsperstrip=8, **common)
            plain(f"{kind}_tile.tif", tile=(16, 32), **common)
            plain(f"{kind}_deflate.tif", compression="zlib", rowsperstrip=10, **common)
            plain(f"{kind}_old_deflate.tif", compression="deflate", **common)
            plain(f"{kind}_deflate_tile.tif", compression="zlib", tile=(32, 16), **common)
            if dtype != "f4":  # tifffile differences integers only
                plain(f"{kind}_deflate_predictor.tif", compression="zlib", predictor=2, **common)
                plain(f"{kind}_deflate_predictor_tile.tif", compression="zlib", predictor=2, tile=(16, 16), **common)

plain("one_page.tif", shape=(1, 3, 2))
plain("tile_larger_than_picture.tif", shape=(2, 7, 9), tile=(64, 64))
plain("many_pages.tif", shape=(5000, 2, 3), contiguous=False)

# libtiff, through Pillow, writes what tifffile cannot.
for dtype, height, width in (("u1", 61, 83), ("u2", 300, 211), ("f4", 61, 83)):
    for compression, predictor in (("tiff_lzw", 1), ("tiff_lzw", 2), ("packbits", 1)):
        data = pixels((3, height, width), dtype)
        name = f"{dtype}_{compression}_{predictor}.tif"
        first, *rest = [Image.fromarray(plane) for plane in data]
        first.save(os.path.join(folder, name), save_all=True, append_images=rest, compression=compression, tiffinfo={317: predictor})
        with tifffile.TiffFile(os.path.join(folder, name)) as written:
            assert written.pages[0].compression == (5 if compression == "tiff_lzw" else 32773), name
        expect(name, data[None, None])

# Zeros and noise: the longest strings LZW can have, and the shortest.
for name, data in (("lzw_zeros.tif", np.zeros((2, 256, 256), "u1")), ("lzw_noise.tif", generator.integers(0, 256, (2, 256, 256), "u1"))):
    first, *rest = [Image.fromarray(plane) for plane in data]
    first.save(os.path.join(folder, name), save_all=True, append_images=rest, compression="tiff_lzw")
    expect(name, data[None, None])

for dtype in ("u1", "u2", "f4"):
    data = pixels((2, 4, 3, 20, 30), dtype)  # ImageJ: t, z, c, y, x
    name = f"{dtype}_imagej.tif"
    tifffile.imwrite(os.path.join(folder, name), data, imagej=True, resolution=(1 / 0.25, 1 / 0.5),
                     metadata={"axes": "TZCYX", "spacing": 2.5, "unit": "um"})
    expect(name, data.transpose(0, 2, 1, 3, 4), voxel=[2.5, 0.5, 0.25])

data = pixels((6, 20, 30), "u2")
tifffile.imwrite(os.path.join(folder, "imagej_time.tif"), data, imagej=True, metadata={"axes": "TYX"})
expect("imagej_time.tif", data[:, None, None])

for axes in ("TCZYX", "TZCYX", "CTZYX", "CZTYX", "ZTCYX", "ZCTYX"):
    extents = {"T": 2, "C": 3, "Z": 4, "Y": 11, "X": 13}
    data = pixels(tuple(extents[a] for a in axes), "u2")
    name = f"ome_{axes}.ome.tif"
    tifffile.imwrite(os.path.join(folder, name), data, ome=True, bigtiff=axes == "TCZYX", metadata={
        "axes": axes, "PhysicalSizeX": 200, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.3, "PhysicalSizeZ": 1.5,
        "PhysicalSizeZUnit": "µm", "Channel": {"Name": ["DNA", "actin <β>", "c"]}})
    expect(name, data.transpose([axes.index(a) for a in "TCZYX"]), voxel=[1.5, 0.3, 0.2], channels=["DNA", "actin <β>", "c"])

# Planes given one by one, in an order of their own.
data = pixels((1, 2, 3, 5, 6), "u1")
blocks = "".join(f'<TiffData FirstZ="{z}" FirstC="{c}" FirstT="0" IFD="{5 - (c * 3 + z)}" PlaneCount="1"/>' for c in range(2) for z in range(3))
tifffile.imwrite(
    os.path.join(folder, "ome_backwards.ome.tif"), data.reshape(6, 5, 6)[::-1], photometric="minisblack", metadata=None,
    description='<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" '
    f'DimensionOrder="XYZCT" Type="uint8" SizeX="6" SizeY="5" SizeZ="3" SizeC="2" SizeT="1">{blocks}</Pixels></Image></OME>')
expect("ome_backwards.ome.tif", data)

# A pyramid in the chain of pages: the smaller copy is no plane.
data = pixels((3, 32, 48), "u2")
with tifffile.TiffWriter(os.path.join(folder, "with_thumbnail.tif")) as writer:
    for plane in data:
        writer.write(plane, metadata=None)
    writer.write(data[0, ::2, ::2], metadata=None, subfiletype=1)
expect("with_thumbnail.tif", data[None, None])


def bad(name, data, **options):
    tifffile.imwrite(os.path.join(folder, name), data, **options)


bad("bad_int32.tif", np.zeros((2, 8, 8), "i4"))
bad("bad_uint32.tif", np.zeros((2, 8, 8), "u4"))
bad("bad_float64.tif", np.zeros((2, 8, 8), "f8"))
bad("bad_rgb.tif", np.zeros((8, 8, 3), "u1"), photometric="rgb")
Image.fromarray(np.zeros((8, 8), "f4")).save(os.path.join(folder, "bad_predictor.tif"), compression="tiff_adobe_deflate", tiffinfo={317: 3})
Image.fromarray(np.zeros((16, 16), "u1")).save(os.path.join(folder, "bad_jpeg.tif"), compression="jpeg")
with tifffile.TiffWriter(os.path.join(folder, "bad_sizes.tif")) as writer:
    writer.write(np.zeros((8, 8), "u2"), metadata=None)
    writer.write(np.zeros((8, 9), "u2"), metadata=None)

with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
    json.dump(manifest, file)
