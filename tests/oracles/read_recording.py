#!/usr/bin/python3
"""Reads a recording of the wire by its description alone: read_recording.py FILE. Prints one JSON line a message: arrival, parts in hex."""
import json
import struct
import sys
from read_zarr3 import crc32c

data = open(sys.argv[1], "rb").read()
assert data[:8] == b"acq-wire" and struct.unpack_from("<I", data, 8)[0] == 1
at = 12
while at < len(data):
    begin = at
    arrival, count = struct.unpack_from("<qI", data, at)
    at += 12
    lengths = struct.unpack_from(f"<{count}I", data, at)
    at += 4 * count
    parts = []
    for length in lengths:
        parts.append(data[at:at + length].hex())
        at += length
    (seal,) = struct.unpack_from("<I", data, at)
    assert crc32c(data[begin:at]) == seal, f"the checksum of the record at {begin} does not match"
    at += 4
    print(json.dumps({"arrival": arrival, "parts": parts}))
