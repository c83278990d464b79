#!/usr/bin/python3
"""Subscribes to restored volumes as any Python user would: collect_volumes.py ADDRESS FOLDER [SECRET_KEY_FILE SERVER_KEY_FILE]

Writes each volume as FOLDER/t<T>_c<C>.npy, its map of errors, if one comes, as .map, and its header as JSON beside it; ends when a status says 'finished'.
Prints 'ready' once connected."""
import json
import os
import sys
import msgpack
import numpy as np
import zmq

address, folder = sys.argv[1:3]
os.makedirs(folder, exist_ok=True)
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.RCVHWM, 64)
socket.setsockopt(zmq.RCVTIMEO, 120_000)
socket.setsockopt(zmq.SUBSCRIBE, b"acq.")
if len(sys.argv) > 3:
    secret, server = (open(name, "rb").read()[:40] for name in sys.argv[3:5])
    socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = secret, zmq.curve_public(secret), server
socket.connect(address)
print("ready", flush=True)
seen = {}  # sequence numbers by scan: each begins at 0, and so does what is said before any scan
while True:
    topic, header, *parts = socket.recv_multipart()
    header = msgpack.unpackb(header)
    seen.setdefault(header["scan"], []).append(header["seq"])
    assert topic.decode() == f"acq.{topic.decode().split('.')[1]}.{header['kind']}", topic
    if header["kind"] == "volume":
        pixels = np.frombuffer(parts[0], header["dtype"]).reshape(header["shape"])
        assert pixels.nbytes == header["nbytes"]
        name = os.path.join(folder, f"t{header['index']['t']}_c{header['index']['c']}")
        np.save(name + ".npy", pixels)
        assert (len(parts) == 2) == ("uncertainty" in header["quality"]) and len(parts) <= 2
        for part in parts[1:]:
            assert len(part) == pixels.size
            with open(name + ".map", "wb") as file:
                file.write(part)
        with open(name + ".json", "w") as file:
            json.dump(header, file)
        print("volume", header["index"]["t"], header["index"]["c"], flush=True)
    elif header["state"] == "finished":
        break
for scan, numbers in seen.items():
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"sequence numbers of {scan} have gaps: {numbers}"
print("finished", flush=True)
