#!/usr/bin/python3
"""Writes OME-Zarr 0.4 with the package zarr in every accepted way, and in some that are not: write_zarr2_inputs.py <folder>"""
import json
import os
import shutil
import sys

import numcodecs
import numpy as np
import zarr
from input_samples import Manifest, pixels

manifest = Manifest(sys.argv[1])
EXTENTS = {"t": 3, "c": 2, "z": 5, "y": 17, "x": 23}
CHUNKS = {"t": 1, "c": 1, "z": 2, "y": 8, "x": 10}
KINDS = {"t": "time", "c": "channel"}


def axes_of(names, units=True):
    axes = [{"name": name, "type": KINDS.get(name, "space")} for name in names]
    for axis in axes:
        if units and axis["type"] != "channel":
            axis["unit"] = "millisecond" if axis["type"] == "time" else "nanometer" if axis["name"] == "x" else "micrometer"
    return axes


SCALE = {"t": 1500.0, "c": 1.0, "z": 2.0, "y": 0.5, "x": 250.0}


def write(name, names="tczyx", dtype="<u2", chunks=None, separator="/", fill=0, only=None, path="0", units=True, omero=True, data=None, **options):
    """only: the region that is written, of an array whose other chunks stay absent."""
    data = pixels(tuple(EXTENTS[n] for n in names), dtype) if data is None else data
    group = zarr.group(zarr.NestedDirectoryStore(manifest.path(name)) if separator == "/" else zarr.DirectoryStore(manifest.path(name)), overwrite=True)
    array = group.create_dataset(path, shape=data.shape, dtype=dtype, chunks=chunks or tuple(CHUNKS[n] for n in names),
                                 dimension_separator=separator, fill_value=fill, **options)
    if only is None:
        array[...] = data
    else:
        array[only] = data[only]
    attributes = {"multiscales": [{"version": "0.4", "axes": axes_of(names, units), "datasets": [
        {"path": path, "coordinateTransformations": [{"type": "scale", "scale": [SCALE[n] for n in names]}]}]}]}
    if omero and "c" in names:
        attributes["omero"] = {"channels": [{"label": label, "color": "FFFFFF"} for label in ("DNA", "actin <β>")]}
    group.attrs.put(attributes)
    return data


def expect(name, data, names="tczyx", units=True, omero=True, missing=()):
    voxel = [2.0, 0.5, 0.25] if "z" in names and units else None
    manifest.expect(name, data, "OME-Zarr 0.4", names.upper(), voxel=voxel, interval=1.5 if "t" in names and units else None,
                    channels=["DNA", "actin <β>"] if "c" in names and omero else None, missing=missing)


COMPRESSORS = {
    "none": None, "zlib": numcodecs.Zlib(3), "gzip": numcodecs.GZip(3), "zstd": numcodecs.Zstd(2), "blosc_lz4": numcodecs.Blosc("lz4", 5, 1),
    "blosc_zstd_bits": numcodecs.Blosc("zstd", 3, numcodecs.Blosc.BITSHUFFLE), "blosc_zlib": numcodecs.Blosc("zlib", 3, 0)}
for dtype in ("|u1", "<u2", ">u2", "<f4", ">f4"):
    for kind, compressor in COMPRESSORS.items():
        for separator in "/.":
            name = f"{dtype[1:]}{'be' if dtype[0] == '>' else ''}_{kind}_{'nested' if separator == '/' else 'flat'}.zarr"
            expect(name, write(name, dtype=dtype, separator=separator, compressor=compressor))
for names in ("yx", "zyx", "tyx", "cyx", "czyx", "tzyx", "tcyx"):
    expect(f"axes_{names}.zarr", write(f"axes_{names}.zarr", names), names)
for kind, chunks in (("one", (3, 2, 5, 17, 23)), ("larger", (9, 9, 9, 30, 30)), ("samples", (1, 1, 1, 1, 1)), ("times", (2, 1, 3, 17, 5)),
                     ("channels", (1, 2, 5, 4, 23))):
    name = f"chunks_{kind}.zarr"
    expect(name, write(name, chunks=chunks, data=pixels((3, 2, 5, 3, 4), "<u2") if kind == "samples" else None))
expect("no_units.zarr", write("no_units.zarr", units=False, omero=False), units=False, omero=False)
expect("deep.zarr", write("deep.zarr", path="scale/0"))

# Chunks that are not there have the fill value; of volumes of which no chunk is there all planes are missing.
for dtype, fill, stored in (("<u2", 513, 513), (">u2", 513, 513), ("|u1", 7, 7), ("<f4", 1.5, 1.5), ("<f4", float("nan"), float("nan")),
                            (">f4", float("-inf"), float("-inf")), ("<u2", None, 0)):
    for separator in "/.":
        name = f"absent_{dtype[1:]}{'be' if dtype[0] == '>' else ''}_{fill}_{'nested' if separator == '/' else 'flat'}.zarr"
        region = (slice(0, 2), slice(0, 1), slice(0, 2), slice(0, 8), slice(10, 20))
        data = write(name, dtype=dtype, fill=fill, only=region, separator=separator)
        expected = np.full_like(data, stored)
        expected[region] = data[region]
        expect(name, expected, missing=[(t, c, z) for t in range(3) for c in range(2) for z in range(5) if t == 2 or c == 1])

for dtype, words in (("<i2", "<i2"), ("<u4", "<u4"), ("<f8", "<f8"), ("|b1", "|b1")):
    write(f"bad_{dtype[1:]}.zarr", dtype=dtype, data=np.ones((3, 2, 5, 17, 23), dtype))
    manifest.refuse(f"bad_{dtype[1:]}.zarr", "dtype", words, "uint8, uint16, float32")
write("bad_order.zarr", order="F")
manifest.refuse("bad_order.zarr", "'order' is \"F\"", '"C"')
write("bad_lz4.zarr", compressor=numcodecs.LZ4())
manifest.refuse("bad_lz4.zarr", "compressor", "lz4", "blosc, gzip, zstd")
write("bad_filter.zarr", filters=[numcodecs.Delta("<u2")])
manifest.refuse("bad_filter.zarr", "filters", "delta")


def change(name, file, edit):
    shutil.copytree(manifest.path("u2_none_nested.zarr"), manifest.path(name))
    path = os.path.join(manifest.path(name), file)
    with open(path) as source:
        content = json.load(source)
    edit(content)
    with open(path, "w") as target:
        json.dump(content, target)


def axes(names):
    return lambda content: content["multiscales"][0].update(axes=axes_of(names))


change("bad_axes.zarr", ".zattrs", axes("ctzyx"))
manifest.refuse("bad_axes.zarr", "axes", "t, c, z, y, x in this order")
change("bad_xyz.zarr", ".zattrs", axes("tcxyz"))
manifest.refuse("bad_xyz.zarr", "axes", "t, c, z, y, x in this order")
change("bad_few_axes.zarr", ".zattrs", axes("czyx"))
manifest.refuse("bad_few_axes.zarr", "4 numbers, one an axis")
change("bad_version.zarr", ".zattrs", lambda content: content["multiscales"][0].update(version="0.3"))
manifest.refuse("bad_version.zarr", "0.3", "0.4")
change("bad_path.zarr", ".zattrs", lambda content: content["multiscales"][0]["datasets"][0].update(path="../u2_none_nested.zarr/0"))
manifest.refuse("bad_path.zarr", "path inside the group")
change("bad_no_image.zarr", ".zattrs", lambda content: content.pop("multiscales"))
manifest.refuse("bad_no_image.zarr", "multiscales")
change("bad_plate.zarr", ".zattrs", lambda content: (content.pop("multiscales"), content.update(plate={})))
manifest.refuse("bad_plate.zarr", "plate")
change("bad_scale.zarr", ".zattrs", lambda content: content["multiscales"][0]["datasets"][0]["coordinateTransformations"][0].update(scale=[1, 2]))
manifest.refuse("bad_scale.zarr", "5 numbers, one an axis")
for key, value, *words in (
        ("shape", [2**62, 2, 5, 17, 23], "shape[0]", "below 2³¹"), ("shape", [2**31 - 1, 2, 5, 17, 23], "2147483647 time points"),
        ("shape", [3, 2**30, 5, 17, 23], "channels"), ("shape", [3, 2, 5, 2**30, 2**30], "rows"), ("shape", [3, 2, 5, 17], "5 extents"),
        ("shape", [3, 2, 5, 32768, 32768], "bytes"),
        ("shape", [3, 2, 0, 17, 23], "shape[2]"), ("shape", [3, 2, -5, 17, 23], "shape[2]"), ("shape", "3", "a list"), ("shape", [3.5] * 5, "shape[0]"),
        ("chunks", [1, 1, 1, 0, 1], "chunks[3]"), ("chunks", [2**31 - 1] * 5, "chunks of"), ("chunks", None, "a list"), ("fill_value", -1, "0 to 65535"),
        ("fill_value", 65536, "0 to 65535"), ("fill_value", "x", "0 to 65535"), ("compressor", {"id": 7}, "compressor.id"), ("compressor", [], "compressor"),
        ("dimension_separator", "..", "dimension_separator"), ("dtype", [["a", "<u2"]], "dtype"), ("zarr_format", 3, "zarr_format")):
    name = f"bad_{key}_{len(manifest.bad)}.zarr"
    change(name, "0/.zarray", lambda content: content.update({key: value}))
    manifest.refuse(name, *words)
name = "bad_many_chunks.zarr"
change(name, "0/.zarray", lambda content: content.update(shape=[3, 2, 30000, 4096, 4096], chunks=[1, 1, 1, 1, 1]))
manifest.refuse(name, "503316480000 chunks a volume", "4194304")
for name, text in (("bad_json.zarr", "{"), ("bad_list.zarr", "[1]"), ("bad_surrogate.zarr", '{"multiscales": "\\ud800"}'), ("bad_deep.zarr", "[" * 5000)):
    change(name, ".zattrs", lambda content: None)
    with open(os.path.join(manifest.path(name), ".zattrs"), "w") as target:
        target.write(text)
    manifest.refuse(name, ".zattrs")
shutil.copytree(os.path.join(manifest.path("u2_none_nested.zarr"), "0"), manifest.path("bad_array.zarr"))
manifest.refuse("bad_array.zarr", "is an array without the metadata of OME-Zarr")
manifest.save()
