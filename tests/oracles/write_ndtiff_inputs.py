#!/usr/bin/python3
"""Writes NDTiff 3.3 by the letter of its specification, and some that are none: write_ndtiff_inputs.py <folder>"""
import json
import os
import struct
import sys

import numpy as np
from input_samples import Manifest, pixels

manifest = Manifest(sys.argv[1])
KINDS = {8: 0, 16: 1, 10: 3, 12: 4, 14: 5, 11: 6}


class File:
    """One TIFF of a dataset: a header of its own, then for each picture its directory, pixels and metadata."""

    def __init__(self, folder, name, summary, version=(3, 3), mark=483729, summary_length=None):
        self.name, self.path = name, os.path.join(folder, name)
        text = json.dumps(summary).encode() if isinstance(summary, dict) else summary
        first = 28 + len(text) + len(text) % 2
        header = b"II*\0" + struct.pack("<6I", first, mark, *version, 2355492, len(text) if summary_length is None else summary_length)
        self.content = bytearray(header + text + b"\0" * (len(text) % 2))
        self.last = None

    def put(self, picture, metadata=b'{"note":"\xc2\xb5"}'):
        """Returns the offsets of the pixels and of their metadata."""
        height, width = picture.shape
        ifd, entries = len(self.content), 10
        at = ifd + 2 + entries * 12 + 4
        if self.last is not None:
            struct.pack_into("<I", self.content, self.last, ifd)
        self.content += struct.pack("<H", entries)
        for tag, kind, value in ((256, 4, width), (257, 4, height), (258, 3, picture.itemsize * 8), (259, 3, 1), (262, 3, 1), (273, 4, at), (277, 3, 1),
                                 (278, 3, height), (279, 4, picture.nbytes), (339, 3, 1)):
            self.content += struct.pack("<HHII", tag, kind, 1, value)
        self.last = len(self.content)
        self.content += b"\0\0\0\0" + picture.astype(picture.dtype.newbyteorder("<")).tobytes() + metadata
        if len(self.content) % 2:
            self.content += b"\0"
        return at, at + picture.nbytes, len(metadata)

    def close(self, cut=None):
        with open(self.path, "wb") as file:
            file.write(self.content[:cut])


def entry(axes, name, offset, width, height, kind, compression=0, metadata=(0, 0), metadata_compression=0):
    text = axes if isinstance(axes, bytes) else json.dumps(axes).encode()
    name = name.encode()
    return struct.pack("<I", len(text)) + text + struct.pack("<I", len(name)) + name + struct.pack(
        "<8I", offset, width, height, kind, compression, *metadata, metadata_compression)


SUMMARY = {"PixelSize_um": 0.25, "z-step_um": -1.5, "Interval_ms": 400, "Prefix": "x"}


def write(name, pictures, bits=16, summary=SUMMARY, per_file=None, tail=b"", inside="", **options):
    """pictures: axes and pixels, in the order of acquisition."""
    folder = os.path.join(manifest.path(name), inside)
    os.makedirs(folder)
    index, files = b"", []
    for number, (axes, picture) in enumerate(pictures):
        if not files or per_file and number % per_file == 0:
            files.append(File(folder, f"scan_NDTiffStack{'' if not files else f'_{len(files)}'}.tif", summary, **options))
        at, metadata_at, metadata_bytes = files[-1].put(picture)
        index += entry(axes, files[-1].name, at, picture.shape[1], picture.shape[0], KINDS[bits], metadata=(metadata_at, metadata_bytes))
    for file in files:
        file.close()
    with open(os.path.join(folder, "NDTiff.index"), "wb") as file:
        file.write(index + tail)
    with open(os.path.join(manifest.path(name), "display_settings.txt"), "w") as file:
        file.write("{}")


def series(data, axes, channels=None, first=None, skip=()):
    """Pictures of data (t, c, z, y, x) with the given axes, in the order z, channel, time."""
    first = first or {}
    for t in range(data.shape[0]):
        for c in range(data.shape[1]):
            for z in range(data.shape[2]):
                values = {"time": t + first.get("time", 0), "channel": channels[c] if channels else c, "z": z + first.get("z", 0), "position": "Pos0", "camera": 0}
                if (t, c, z) not in skip:
                    yield {axis: values[axis] for axis in axes}, data[t, c, z]


FULL = (3, 2, 4, 9, 12)
VOXEL = [1.5, 0.25, 0.25]
for bits in (8, 10, 11, 12, 14, 16):
    data = pixels(FULL, "u1" if bits == 8 else "u2") & (2**bits - 1)
    write(f"bits{bits}", series(data, ("time", "channel", "z"), ["GFP", "mCherry"]), bits=bits)
    manifest.expect(f"bits{bits}", data, "NDTiff 3.3", voxel=VOXEL, interval=0.4, channels=["GFP", "mCherry"])

data = pixels(FULL, "u2")
write("files", series(data, ("z", "time", "channel"), ["GFP", "mCherry"]), per_file=5)
manifest.expect("files", data, "NDTiff 3.3", voxel=VOXEL, interval=0.4, channels=["GFP", "mCherry"])
manifest.expect("files_by_file", data, "NDTiff 3.3", voxel=VOXEL, interval=0.4, channels=["GFP", "mCherry"], open="files/scan_NDTiffStack_1.tif")
manifest.expect("files_by_index", data, "NDTiff 3.3", voxel=VOXEL, interval=0.4, channels=["GFP", "mCherry"], open="files/NDTiff.index")
write("numbers", series(data, ("time", "channel", "z"), [5, 2]), summary={"ChNames": ["a", "b", "c"], "PixelSize_um": 1, "ZStep": 2})
manifest.expect("numbers", data[:, ::-1], "NDTiff 3.3", voxel=[2, 1, 1], channels=["c", "Channel 5"])
write("named_in_order", series(data, ("time", "channel", "z"), ["mCherry", "GFP"]), summary={"ChNames": ["GFP", "mCherry"], "PixelSize_um": "1", "z-step_um": None})
manifest.expect("named_in_order", data[:, ::-1], "NDTiff 3.3", channels=["GFP", "mCherry"])
write("shifted", series(data, ("time", "channel", "z"), first={"time": 7, "z": -2}), summary={}, version=(3, 0))
manifest.expect("shifted", data, "NDTiff 3.0", channels=["Channel 0", "Channel 1"])
write("backwards", list(series(data, ("time", "channel", "z"), ["GFP", "mCherry"]))[::-1], summary={})
manifest.expect("backwards", data[:, ::-1], "NDTiff 3.3", channels=["mCherry", "GFP"])
write("one_position", series(data, ("position", "time", "channel", "z", "camera")), summary={})
manifest.expect("one_position", data, "NDTiff 3.3")
write("pyramid", series(data, ("time", "channel", "z")), inside="Full resolution")
manifest.expect("pyramid", data, "NDTiff 3.3", voxel=VOXEL, interval=0.4)
for axes, shape in (("time", (3, 1, 1)), ("z", (1, 1, 4)), ("channel", (1, 2, 1)), ("none", (1, 1, 1))):
    few = pixels(shape + (9, 12), "u2")
    write(f"axes_{axes}", series(few, () if axes == "none" else (axes,)))
    manifest.expect(f"axes_{axes}", few, "NDTiff 3.3", voxel=VOXEL, interval=0.4 if axes == "time" else None)
# The later of two pictures of one place counts.
write("again", [({"z": 0}, data[0, 0, 1]), *series(data, ("time", "channel", "z"))][:1] + list(series(data[:1, :1], ("z",))), summary={})
manifest.expect("again", data[:1, :1], "NDTiff 3.3")

gone = [(0, 1, 2), (1, 0, 0), (1, 0, 3), (2, 1, 0), (2, 1, 1), (2, 1, 2), (2, 1, 3)]
write("gaps", series(data, ("time", "channel", "z"), skip=gone), summary={})
manifest.expect("gaps", data, "NDTiff 3.3", missing=gone)
no_time = [(1, c, z) for c in range(2) for z in range(4)]
write("no_second_time", series(data, ("time", "channel", "z"), skip=no_time), summary={})
manifest.expect("no_second_time", data, "NDTiff 3.3", missing=no_time)
write("zeros_at_end", series(data, ("time", "channel", "z")), summary={}, tail=b"\0" * 4096)
manifest.expect("zeros_at_end", data, "NDTiff 3.3")
torn = entry({"time": 2, "channel": 1, "z": 3}, "scan_NDTiffStack.tif", 0, 12, 9, 1)
for length in (3, 10, len(torn) - 1):
    write(f"torn_{length}", series(data, ("time", "channel", "z"), skip=[(2, 1, 3)]), summary={}, tail=torn[:length])
    manifest.expect(f"torn_{length}", data, "NDTiff 3.3", missing=[(2, 1, 3)])


def bad(name, *words, tail=b"", summary=SUMMARY, pictures=None, **options):
    write(name, series(data, ("time", "channel", "z")) if pictures is None else pictures, summary=summary, tail=tail, **options)
    manifest.refuse(name, *words)


def more(axes, name="scan_NDTiffStack.tif", width=12, height=9, kind=1, **options):
    return entry(axes, name, 0, width, height, kind, **options)


PLACE = {"time": 0, "channel": 0, "z": 0}
bad("bad_position", "position is 'Pos1'", "'Pos0'", "one position", pictures=[({"position": f"Pos{p}", "z": z}, data[0, 0, z]) for p in range(2) for z in range(2)])
bad("bad_tiles", "column is '1'", pictures=[({"row": 0, "column": c}, data[0, 0, 0]) for c in range(2)])
bad("bad_time", "axis 'time' is \"first\"", "whole numbers", pictures=[({"time": "first"}, data[0, 0, 0])])
bad("bad_z", "axis 'z' is 1.5", pictures=[({"z": 1.5}, data[0, 0, 0])])
bad("bad_mixed", "channel is 'GFP'", "either numbers or names", tail=more({"time": 0, "channel": "GFP", "z": 0}))
bad("bad_many_channels", "one too many", pictures=[({"channel": c}, data[0, 0, 0]) for c in range(65)])
bad("bad_sparse", "2147483648 time points", tail=more({"time": 2**31 - 1, "channel": 0, "z": 0}))
bad("bad_sparse_z", "planes a volume", tail=more({"time": 0, "channel": 0, "z": 2**31 - 1}), pictures=[({"time": 0, "channel": 0, "z": -2**31}, data[0, 0, 0])])
bad("bad_number", "axis 'z'", tail=more(b'{"z":99999999999999999999}'))
for number, path in enumerate(("../bits16/scan_NDTiffStack.tif", "/etc/passwd", "..", ".", "", "a/b.tif", "a\\b.tif", "a\0.tif")):
    bad(f"bad_path_{number}", "inside the dataset's folder", tail=more(PLACE, path))
bad("bad_rgb", "RGB", tail=more(PLACE, kind=2))
bad("bad_kind", "pixel type is 77", tail=more(PLACE, kind=77))
bad("bad_compressed", "compressed", tail=more(PLACE, compression=1))
bad("bad_size", "9×13 uint16", "9×12 uint16", tail=more(PLACE, width=13))
bad("bad_type", "9×12 uint8", tail=more(PLACE, kind=0))
bad("bad_zero", "0×12", tail=more(PLACE, height=0))
bad("bad_huge", "4294967295", tail=more(PLACE, width=2**32 - 1, height=2**32 - 1))
bad("bad_axes", "no JSON object", tail=more(b"{time"))
bad("bad_list", "no JSON object", tail=more(b"[1]"))
bad("bad_bytes", "no JSON object", tail=more(b'{"\xff":1}'))
bad("bad_length", "4294967295 bytes", tail=b"\xff" * 64)
bad("bad_nested", "axis 'z' is", tail=more({"z": {}}))
bad("bad_major", "NDTiff 2", "accepted is 3", version=(2, 0))
bad("bad_mark", "no file of an NDTiff", mark=1)
bad("bad_summary", "is not JSON", summary=b"{")
bad("bad_summary_list", "accepted is an object", summary=b"[]")
bad("bad_summary_length", "4294967295 bytes", summary_length=2**32 - 1)
bad("bad_empty", "names no plane", pictures=[])
os.makedirs(manifest.path("bad_no_index"))
file = File(manifest.path("bad_no_index"), "scan_NDTiffStack.tif", SUMMARY)
file.put(data[0, 0, 0])
file.close()
manifest.refuse("bad_no_index", "belongs to an NDTiff", "NDTiff.index")
manifest.save()
