"""Reads a sharded Zarr 3 dataset by the letter of the specification: read_zarr3.py <group folder> <file for the pixels> [<level>]

The pixels are written (t, c, z, y, x), little-endian; a summary goes to standard output as JSON. Shard index, checksums and
chunk placement are worked out here; numcodecs expands the chunks.
"""
import itertools
import json
import os
import struct
import sys

import numcodecs
import numpy as np

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def unseal(data):
    body, seal = data[:-4], struct.unpack("<I", data[-4:])[0]
    assert crc32c(body) == seal, "a CRC-32C does not match"
    return body


def expand(data, codecs, dtype):
    for codec in reversed(codecs):
        if codec["name"] == "crc32c":
            data = unseal(data)
        elif codec["name"] == "blosc":
            data = numcodecs.Blosc().decode(data)
        elif codec["name"] == "gzip":
            data = numcodecs.GZip().decode(data)
        else:
            assert codec == {"name": "bytes", "configuration": {"endian": "little"}}, codec
    return np.frombuffer(data, dtype)


def read_shard(path, shard_shape, sharding, dtype):
    counts = [s // c for s, c in zip(shard_shape, sharding["chunk_shape"])]
    assert all(s % c == 0 for s, c in zip(shard_shape, sharding["chunk_shape"])), "chunks do not divide the shard"
    chunks = int(np.prod(counts))
    with open(path, "rb") as file:
        data = file.read()
    index = struct.unpack(f"<{2 * chunks}Q", unseal(data[-(16 * chunks + 4):]))
    shard = np.zeros(shard_shape, dtype)
    stored = 0
    for number, position in enumerate(itertools.product(*map(range, counts))):
        offset, length = index[2 * number], index[2 * number + 1]
        if offset == length == 2**64 - 1:
            continue
        stored += 1
        assert offset + length <= len(data) - (16 * chunks + 4), "a chunk reaches into the index"
        chunk = expand(data[offset:offset + length], sharding["codecs"], dtype).reshape(sharding["chunk_shape"])
        shard[tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, sharding["chunk_shape"]))] = chunk
    return shard, stored


def read(folder, level=0):
    """Returns the array (t, c, z, y, x), fill value where nothing is stored, and what was found on the way."""
    with open(os.path.join(folder, "zarr.json")) as file:
        group = json.load(file)
    root = os.path.join(folder, group["attributes"]["ome"]["multiscales"][0]["datasets"][level]["path"])
    with open(os.path.join(root, "zarr.json")) as file:
        array = json.load(file)
    (codec,) = array["codecs"]
    sharding = codec["configuration"]
    assert codec["name"] == "sharding_indexed" and sharding["index_location"] == "end"
    assert [c["name"] for c in sharding["index_codecs"]] == ["bytes", "crc32c"]
    assert array["chunk_key_encoding"] == {"name": "default", "configuration": {"separator": "/"}}
    shape, shard_shape = array["shape"], array["chunk_grid"]["configuration"]["chunk_shape"]
    dtype = np.dtype(array["data_type"]).newbyteorder("<")
    volume = np.full(shape, array["fill_value"], dtype)
    stored = {}
    for position in itertools.product(*(range(-(-s // c)) for s, c in zip(shape, shard_shape))):
        path = os.path.join(root, "c", *map(str, position))
        if not os.path.exists(path):
            continue
        shard, stored["/".join(map(str, position))] = read_shard(path, shard_shape, sharding, dtype)
        here = tuple(slice(p * c, min((p + 1) * c, s)) for p, c, s in zip(position, shard_shape, shape))
        volume[here] = shard[tuple(slice(0, part.stop - part.start) for part in here)]
    return volume, {
        "shape": shape, "data_type": array["data_type"], "stored_chunks": stored,
        "codecs": [c["name"] for c in sharding["codecs"]], "chunk_shape": sharding["chunk_shape"]}


if __name__ == "__main__":
    found, summary = read(sys.argv[1], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    found.tofile(sys.argv[2])
    print(json.dumps(summary))
