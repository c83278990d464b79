#!/usr/bin/python3
"""Writes OME-Zarr 0.5 by the letter of Zarr 3 in every accepted way, and in some that are not: write_zarr3_inputs.py <folder>

Chunk placement, shard indices and checksums are worked out here; numcodecs compresses the chunks.
"""
import itertools
import json
import os
import shutil
import struct
import sys

import numcodecs
import numpy as np
from input_samples import Manifest, pixels
from read_zarr3 import crc32c

manifest = Manifest(sys.argv[1])
EXTENTS = {"t": 3, "c": 2, "z": 5, "y": 17, "x": 23}
CHUNKS = {"t": 1, "c": 1, "z": 2, "y": 8, "x": 10}
SHARDS = {"t": 1, "c": 1, "z": 6, "y": 24, "x": 30}
SCALE = {"t": 1.5, "c": 1.0, "z": 2.0, "y": 0.5, "x": 0.25}
KINDS = {"t": "time", "c": "channel"}
UNITS = {"time": "second", "space": "micrometer"}
EMPTY = 2**64 - 1
NAMES = {"|u1": "uint8", "u1": "uint8", "u2": "uint16", "f4": "float32"}


def named(name, **configuration):
    return {"name": name, "configuration": configuration} if configuration else {"name": name}


LITTLE, BIG, CRC = named("bytes", endian="little"), named("bytes", endian="big"), named("crc32c")
GZIP, ZSTD = named("gzip", level=3), named("zstd", level=2, checksum=True)
BLOSC = named("blosc", cname="lz4", clevel=5, shuffle="shuffle", typesize=2, blocksize=0)
BLOSC_ZSTD = named("blosc", cname="zstd", clevel=3, shuffle="bitshuffle", typesize=2, blocksize=0)


def seal(data):
    return data + struct.pack("<I", crc32c(data))


def encode(chunk, codecs):
    data = chunk
    for codec in codecs:
        name, options = codec["name"], codec.get("configuration", {})
        if name == "bytes":
            data = data.astype(data.dtype.newbyteorder(">" if options.get("endian") == "big" else "<")).tobytes()
        elif name == "crc32c":
            data = seal(data)
        elif name == "gzip":
            data = numcodecs.GZip(options["level"]).encode(data)
        elif name == "zstd":
            data = numcodecs.Zstd(options["level"]).encode(data)
        else:
            shuffle = {"noshuffle": 0, "shuffle": 1, "bitshuffle": 2}[options["shuffle"]]
            data = numcodecs.Blosc(options["cname"], options["clevel"], shuffle).encode(np.frombuffer(data, "u1").view(chunk.dtype) if len(data) == chunk.nbytes else data)
        data = bytes(data) if not isinstance(data, np.ndarray) else data
    return data


def blocks(shape, size):
    for position in itertools.product(*(range((s - 1) // c + 1) for s, c in zip(shape, size))):
        yield position, tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, size))


def padded(data, region, size, fill):
    part = data[region]
    whole = np.full(size, fill, data.dtype)
    whole[tuple(slice(0, n) for n in part.shape)] = part
    return whole


def write(name, names="tczyx", dtype="u2", chunk=None, shard=None, codecs=(LITTLE,), keys=None, fill=0, stored_fill=None, only=None,
          index_codecs=(LITTLE, CRC), location="end", data=None, label=True, extra=None):
    """shard: extents of shards, or None. only(region) tells whether the chunk (or, with shards, the inner chunk) is stored."""
    data = pixels(tuple(EXTENTS[n] for n in names), dtype) if data is None else data
    chunk = chunk or tuple(CHUNKS[n] for n in names)
    root = os.path.join(manifest.path(name), "0")
    keys = keys or named("default", separator="/")
    separator = keys.get("configuration", {}).get("separator", "/" if keys["name"] == "default" else ".")
    os.makedirs(root)
    for position, region in blocks(data.shape, shard or chunk):
        if shard is None:
            if only is not None and not only(region):
                continue
            content = encode(padded(data, region, chunk, fill), codecs)
        else:
            inside, body, entries = padded(data, region, shard, fill), b"", []
            counts = [s // c for s, c in zip(shard, chunk)]
            head = 16 * int(np.prod(counts)) + 4 * sum(c["name"] == "crc32c" for c in index_codecs) if location == "start" else 0
            for _, inner in blocks(shard, chunk):
                where = tuple(slice(r.start + i.start, r.start + i.stop) for r, i in zip(region, inner))
                if only is not None and not only(where):
                    entries += [EMPTY, EMPTY]
                    continue
                packed = encode(inside[inner], codecs)
                entries += [head + len(body), len(packed)]
                body += packed
            if all(entry == EMPTY for entry in entries):
                continue
            index = struct.pack(f"{'>' if index_codecs[0] == BIG else '<'}{len(entries)}Q", *entries)
            for codec in index_codecs[1:]:
                index = seal(index)
            content = index + body if location == "start" else body + index
        key = separator.join((["c"] if keys["name"] == "default" else []) + [str(p) for p in position])
        path = os.path.join(root, key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    pipeline = list(codecs) if shard is None else [named(
        "sharding_indexed", chunk_shape=list(chunk), codecs=list(codecs), index_codecs=list(index_codecs), **({} if location is None else {"index_location": location}))]
    array = {"zarr_format": 3, "node_type": "array", "shape": list(data.shape), "data_type": NAMES[dtype],
             "chunk_grid": named("regular", chunk_shape=list(shard or chunk)), "chunk_key_encoding": keys,
             "fill_value": fill if stored_fill is None else stored_fill, "codecs": pipeline, "dimension_names": list(names), "attributes": {}, **(extra or {})}
    axes = [{"name": n, "type": KINDS.get(n, "space")} for n in names]
    for axis in axes:
        if axis["type"] in UNITS:
            axis["unit"] = UNITS[axis["type"]]
    ome = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": [
        {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [SCALE[n] for n in names]}]}]}]}
    if label and "c" in names:
        ome["omero"] = {"channels": [{"label": text, "color": "FFFFFF"} for text in ("DNA", "actin <β>")]}
    save(os.path.join(root, "zarr.json"), array)
    save(os.path.join(manifest.path(name), "zarr.json"), {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}})
    return data


def save(path, content):
    with open(path, "w") as file:
        json.dump(content, file)


def good(name, names="tczyx", label=True, expected=None, missing=(), **options):
    data = write(name, names, label=label, **options)
    manifest.expect(name, data if expected is None else expected(data), "OME-Zarr 0.5", names.upper(), voxel=[2.0, 0.5, 0.25] if "z" in names else None,
                    interval=1.5 if "t" in names else None, channels=["DNA", "actin <β>"] if "c" in names and label else None, missing=missing)


SHARD = tuple(SHARDS[n] for n in "tczyx")
PIPELINES = {
    "plain": (LITTLE,), "big": (BIG,), "gzip": (LITTLE, GZIP), "zstd": (LITTLE, ZSTD), "blosc": (LITTLE, BLOSC), "blosc_zstd": (BIG, BLOSC_ZSTD),
    "crc": (LITTLE, CRC), "blosc_crc": (LITTLE, BLOSC, CRC), "crc_gzip": (LITTLE, CRC, GZIP), "crc_zstd_crc": (BIG, CRC, ZSTD, CRC)}
for dtype in ("u1", "u2", "f4"):
    for kind, codecs in PIPELINES.items():
        good(f"{dtype}_{kind}.zarr", dtype=dtype, codecs=codecs)
        good(f"{dtype}_{kind}_shards.zarr", dtype=dtype, codecs=codecs, shard=SHARD)
good("u1_no_endian.zarr", dtype="u1", codecs=(named("bytes"),))
for names in ("yx", "zyx", "tyx", "cyx", "czyx", "tzyx", "tcyx"):
    good(f"axes_{names}.zarr", names)
    good(f"axes_{names}_shards.zarr", names, shard=tuple(SHARDS[n] for n in names))
for kind, keys in {"default": named("default"), "default_dot": named("default", separator="."), "v2": named("v2"), "v2_slash": named("v2", separator="/")}.items():
    good(f"keys_{kind}.zarr", keys=keys)
    good(f"keys_{kind}_shards.zarr", keys=keys, shard=(2, 2, 4, 16, 20))
for kind, chunk, shard in (
        ("one", (3, 2, 5, 17, 23), None), ("larger", (9, 9, 9, 30, 30), None), ("times", (2, 1, 3, 17, 5), None), ("channels", (1, 2, 5, 4, 23), None),
        ("all_in_a_shard", (1, 1, 2, 8, 10), (4, 2, 6, 24, 30)), ("times_in_a_shard", (2, 1, 3, 17, 5), (4, 2, 3, 17, 5)),
        ("channels_in_a_shard", (1, 2, 5, 4, 23), (2, 2, 5, 20, 23))):
    good(f"chunks_{kind}.zarr", chunk=chunk, shard=shard)
for kind, index_codecs, location in (("start", (LITTLE, CRC), "start"), ("plain", (LITTLE,), "end"), ("big", (BIG, CRC), "end"), ("unsaid", (LITTLE, CRC), None)):
    good(f"index_{kind}.zarr", shard=SHARD, index_codecs=index_codecs, location=location)
good("labels_absent.zarr", label=False)
good("extension.zarr", extra={"someone_else": {"must_understand": False}, "storage_transformers": [], "dimension_names": None})

for dtype, fill, stored in (("u1", 7, None), ("u2", 513, None), ("f4", 1.5, None), ("f4", np.nan, "NaN"), ("f4", np.inf, "Infinity"), ("f4", -np.inf, "-Infinity"),
                            ("f4", -0.5, "0xbf000000")):
    def kept(region):  # of (t, c, z, y, x): some chunks of the first two time points, channel 0, planes 0 and 1
        t, c, z, y, x = (r.start for r in region)
        return t < 2 and c == 0 and z == 0 and y == 0 and x == 10

    def without(data):
        expected = np.full_like(data, fill)
        expected[0:2, 0:1, 0:2, 0:8, 10:20] = data[0:2, 0:1, 0:2, 0:8, 10:20]
        return expected

    absent = [(t, c, z) for t in range(3) for c in range(2) for z in range(5) if t == 2 or c == 1]
    options = dict(dtype=dtype, fill=fill, stored_fill=stored, only=kept, expected=without)
    good(f"absent_{dtype}_{stored or fill}.zarr", missing=absent, **options)
    # A shard of whole volumes is there or not as one.
    good(f"absent_{dtype}_{stored or fill}_shards.zarr", shard=SHARD, missing=absent, **options)


def bad(name, *words, edit=None, group=None):
    shutil.copytree(manifest.path("u2_plain_shards.zarr" if "shard" in name else "u2_plain.zarr"), manifest.path(name))
    for path, change in ((os.path.join(manifest.path(name), "0", "zarr.json"), edit), (os.path.join(manifest.path(name), "zarr.json"), group)):
        if change is not None:
            with open(path) as file:
                content = json.load(file)
            change(content)
            save(path, content)
    manifest.refuse(name, *words)


def put(**values):
    return lambda content: content.update(values)


def put_sharding(**values):
    return lambda content: content["codecs"][0]["configuration"].update(values)


for dtype in ("int16", "uint32", "float64", "bool", {"name": "r16"}):
    bad(f"bad_{dtype if isinstance(dtype, str) else 'raw'}.zarr", "data_type", "uint8, uint16, float32", edit=put(data_type=dtype))
bad("bad_transpose.zarr", "transpose", "order of the axes", edit=put(codecs=[named("transpose", order=[4, 3, 2, 1, 0]), LITTLE]))
bad("bad_codec.zarr", "codecs[1]", "lz4", "blosc, gzip and zstd", edit=put(codecs=[LITTLE, named("numcodecs.lz4")]))
bad("bad_two_compressors.zarr", "codecs[2]", "at most one", edit=put(codecs=[LITTLE, GZIP, ZSTD]))
bad("bad_no_codec.zarr", "codecs", "bytes", edit=put(codecs=[]))
bad("bad_no_endian.zarr", "endian", edit=put(codecs=[named("bytes")]))
bad("bad_endian.zarr", "endian", "middle", edit=put(codecs=[named("bytes", endian="middle")]))
bad("bad_grid.zarr", "chunk_grid.name", "rectilinear", edit=put(chunk_grid=named("rectilinear")))
bad("bad_keys.zarr", "chunk_key_encoding", edit=put(chunk_key_encoding=named("hashed")))
bad("bad_extension.zarr", "someone_else", "not known", edit=put(someone_else={"a": 1}))
bad("bad_transformers.zarr", "storage_transformers", edit=put(storage_transformers=[named("cipher")]))
bad("bad_names.zarr", "dimension_names", "t, c, z, y, x", edit=put(dimension_names=list("ctzyx")))
bad("bad_fill.zarr", "fill_value", "0 to 65535", edit=put(fill_value=1.5))
bad("bad_time_points.zarr", "2147483647 time points", edit=put(shape=[2**31 - 1, 2, 5, 17, 23]))
bad("bad_overflow.zarr", "shape[3]", edit=put(shape=[3, 2, 5, 2**70, 23]))
bad("bad_planes.zarr", "planes", edit=put(shape=[3, 2, 2**31 - 1, 17, 23]))
bad("bad_chunk.zarr", "chunks of", "bytes", edit=put(chunk_grid=named("regular", chunk_shape=[1, 1, 2**31 - 1, 2**31 - 1, 2**31 - 1])))
bad("bad_many_chunks.zarr", "chunks a volume", edit=put(shape=[1, 1, 32768, 8192, 8192], chunk_grid=named("regular", chunk_shape=[1, 1, 1, 2, 2])))
bad("bad_many_shard.zarr", "chunks a shard", edit=put(chunk_grid=named("regular", chunk_shape=[2**20, 1, 2**20, 2**20, 2**20]),
                                                      codecs=[named("sharding_indexed", chunk_shape=[1, 1, 1, 1, 1], codecs=[LITTLE], index_codecs=[LITTLE])]))
bad("bad_shard_division.zarr", "chunk_shape", "divides", edit=put_sharding(chunk_shape=[1, 1, 4, 8, 10]))
bad("bad_shard_index.zarr", "index_codecs", edit=put_sharding(index_codecs=[LITTLE, GZIP]))
bad("bad_shard_location.zarr", "index_location", "middle", edit=put_sharding(index_location="middle"))
bad("bad_nested_shard.zarr", "codecs", edit=put_sharding(codecs=[named("sharding_indexed")]))
bad("bad_version.zarr", "attributes.ome.version", "0.6", "0.5", group=lambda content: content["attributes"]["ome"].update(version="0.6"))
bad("bad_no_ome.zarr", "attributes.ome", group=put(attributes={}))
bad("bad_no_image.zarr", "multiscales", group=put(attributes={"ome": {"version": "0.5"}}))
bad("bad_collection.zarr", "collection", group=put(attributes={"ome": {"version": "0.5", "bioformats2raw.layout": 3}}))
bad("bad_no_levels.zarr", "datasets", group=lambda content: content["attributes"]["ome"]["multiscales"][0].update(datasets=[]))
for number, path in enumerate(("../u2_plain.zarr/0", "/etc", "0/../../x", "", "0\u0000", "a\\b")):
    bad(f"bad_path_{number}.zarr", "path inside the group", group=lambda content: content["attributes"]["ome"]["multiscales"][0]["datasets"][0].update(path=path))
shutil.copytree(os.path.join(manifest.path("u2_plain.zarr"), "0"), manifest.path("bad_array.zarr"))
manifest.refuse("bad_array.zarr", "is an array without the metadata of OME-Zarr")
manifest.save()
