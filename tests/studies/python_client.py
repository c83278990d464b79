#!/usr/bin/python3
"""How long a restored volume takes to a Python script, and what is lost: python_client.py FOLDER

The Python client at both ends of the program, three processes on this machine: one is the microscope, one listens and looks at every sample. 200 volumes
a case, cubic and not undersampled, so that what is published is what was sent. Needs the program built. Prints Markdown.
"""
import json
import os
import socket
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
program = os.path.join(here, "..", "..", "artifacts", "bin", "Acquisition.App", "release", "acquisition")
folder = os.path.abspath(sys.argv[1])
os.makedirs(folder)
VOLUMES = 200


def address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def script(name, *arguments):
    return subprocess.Popen([sys.executable, os.path.join(here, "..", "oracles", name), *arguments], stdout=subprocess.PIPE, text=True)


def case(name, shape, source_pattern, source=(), listener=(), high_water_mark=1000):
    camera, publish, runs = address(), address(), os.path.join(folder, "".join(letter if letter.isalnum() else "-" for letter in name))
    with open(f"{runs}.yaml", "w") as rig:
        rig.write(
            f"source:\n  address: {camera}\n  pattern: {source_pattern}\nrestoration:\n  model: cubic\nstorage:\n  root: {runs}\n"
            f"publish:\n  address: {publish}\n  high_water_mark: {high_water_mark}\nviewer:\n  enabled: false\n")
    live = subprocess.Popen([program, "run", "--config", f"{runs}.yaml"], stdout=subprocess.DEVNULL)
    hears = script("client_listener.py", publish, *listener)
    assert hears.stdout.readline() == "hearing\n"
    sends = script("client_source.py", camera, f"{VOLUMES},{shape}", *source)
    sent, _ = sends.communicate()
    heard = json.loads(hears.communicate()[0].splitlines()[-1])
    live.wait()
    with open(os.path.join(runs, os.listdir(runs)[0], "report.json")) as file:
        frames = json.load(file)["status"]["frames"]
    transit, planes = heard["transit_ms"], int(shape.split(",")[0])
    # What the listener misses, it was told of: volumes, or statuses that lie between.
    missed = heard["restored"] - len(heard["times"])
    assert sends.returncode == 0 and missed <= heard["lost"] == sum(heard["gaps"]), heard
    assert heard["outcome"] == "completed" and frames["stored"] + frames["lost_messages"] >= VOLUMES * planes, (heard, frames)
    print(
        f"| {name} | {shape.replace(',', '×')} | {VOLUMES * planes} | {frames['stored']} | {frames['lost_messages']} | {heard['restored']} | {len(heard['times'])} "
        f"| {heard['lost']} in {len(heard['gaps'])} | {transit['p50']:.2f} | {transit['p95']:.2f} | {transit['max']:.1f} |", flush=True)


print("| case | volume | frames sent | stored | lost, as counted | volumes restored | heard | messages lost in gaps, as told | p50, ms | p95, ms | max, ms |")
print("|" + "---|" * 11)
case("push, 20 volumes/s", "8,64,64", "push-pull", ("--interval-ms", "50"))
case("push, 20 volumes/s of 4 MiB", "8,512,512", "push-pull", ("--interval-ms", "50"))
case("push, as fast as taken", "8,512,512", "push-pull")
case("push, listener takes 100 ms a volume", "8,256,256", "push-pull", ("--interval-ms", "10"), ("--work-ms", "100", "--high-water-mark", "16"), high_water_mark=4)
case("pub, as fast as sent", "1,2048,2048", "pub-sub", ("--pattern", "pub"))
