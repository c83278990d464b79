#!/usr/bin/python3
"""How the plan of a restoration behaves with very many volumes: million_volumes.py FOLDER [VOLUMES]

Records a run of one small volume with the simulator, and lets its folder say that it holds VOLUMES of them (default a million), all of which are that
one through links. Times plan, a look at what is missing, and one share of a thousandth. Needs program and simulator built. Prints Markdown.
"""
import json
import os
import resource
import socket
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
built = os.path.join(here, "..", "..", "artifacts", "bin")
program = os.path.join(built, "Acquisition.App", "release", "acquisition")
simulator = os.path.join(built, "Acquisition.HardwareSim", "release", "hardware-sim")
folder, volumes = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
os.makedirs(folder)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
with open(f"{folder}/rig.yaml", "w") as rig:
    rig.write(f"source:\n  address: {address}\nrestoration:\n  model: cubic\nstorage:\n  root: {folder}/runs\nviewer:\n  enabled: false\n")
live = subprocess.Popen([program, "run", "--config", f"{folder}/rig.yaml"], stdout=subprocess.DEVNULL)
subprocess.run(
    [simulator, "scan", "beads", "--shape", "4,16,16", "--factor", "1,2,2", "--timepoints", "1", "--address", address], check=True, capture_output=True)
assert live.wait() == 0
run = os.path.join(folder, "runs", os.listdir(f"{folder}/runs")[0])

with open(f"{run}/ledger.jsonl") as file:
    lines = [json.loads(line) for line in file]
lines[0]["plan"]["time_points"] = volumes
stored = next(line for line in lines if line["kind"] == "volume-stored")
with open(f"{run}/ledger.jsonl", "w") as file:
    file.write(json.dumps(lines[0]) + "\n")
    for t in range(volumes):
        stored["index"]["t"] = t
        file.write(json.dumps(stored, separators=(",", ":")) + "\n")
for t in range(1, volumes):
    os.symlink("0", f"{run}/raw.zarr/0/c/{t}")
with open(f"{run}/raw.zarr/0/zarr.json") as file:
    array = json.load(file)
array["shape"][0] = volumes
with open(f"{run}/raw.zarr/0/zarr.json", "w") as file:
    json.dump(array, file)


def timed(*command, code=0):
    began = time.monotonic()
    process = subprocess.Popen([program, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == code, (command, status)
    return f"{time.monotonic() - began:.1f} s, {usage.ru_maxrss / 1024:.0f} MiB"


print(f"| plan of {volumes:,} volumes in 1000 tasks | {timed('plan', run, '--tasks', '1000', '--output', f'{folder}/again')} |")
print(f"| its plan.json | {os.path.getsize(f'{folder}/again/plan.json'):,} bytes |")
print(f"| one task of {volumes // 1000:,} volumes | {timed('restore-range', '--plan', f'{folder}/again/plan.json', '--task', '500')} |")
print(f"| the same again, nothing left to do | {timed('restore-range', '--plan', f'{folder}/again/plan.json', '--task', '500')} |")
print(f"| finish, which finds {volumes - volumes // 1000 - 1:,} missing | {timed('finish', f'{folder}/again', code=1)} |")
