#!/usr/bin/python3
"""Tries to connect with keys of CURVE, or without. A question is a line of JSON: {"address", "type": "PUSH" or "SUB"}, and for a client
with keys {"secret", "server"}: files with its secret and with the server's public key. Answers 'in', 'refused' for a key that the server
does not want, or 'failed' for a server that has another key, or wants keys where there are none. Keeps every connection."""
import json
import sys
import zmq
from zmq.utils.monitor import recv_monitor_message

ENDS = {
    zmq.EVENT_HANDSHAKE_SUCCEEDED: "in",
    zmq.EVENT_HANDSHAKE_FAILED_AUTH: "refused",
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "failed",
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "failed",
    zmq.EVENT_DISCONNECTED: "failed",
}
assert zmq.has("curve"), "this libzmq was built without CURVE"
context, kept = zmq.Context(), []


def key(path):
    with open(path, "rb") as file:
        return file.read()[:40]


for line in sys.stdin:
    question = json.loads(line)
    socket = context.socket(getattr(zmq, question["type"]))
    socket.linger = 0
    if question.get("secret"):
        secret = key(question["secret"])
        socket.curve_secretkey, socket.curve_publickey, socket.curve_serverkey = secret, zmq.curve_public(secret), key(question["server"])
    monitor = socket.get_monitor_socket()
    socket.connect(question["address"])
    while (event := recv_monitor_message(monitor)["event"]) not in ENDS:
        pass
    kept.append((socket, monitor))
    print(ENDS[event], flush=True)
