#!/usr/bin/python3
"""Restores a recorded run on a real Slurm of this machine alone, with one and with two tasks at a time, and compares with one process.

  cluster.py STACKS FOLDER [--model NAME]    STACKS: a TIFF, or a folder of them that is a time lapse; FOLDER is made

Needs root, the program and the simulator built (artifacts/bin), and Debian's slurmctld, slurmd, slurm-client and munge. Prints Markdown.
"""
import argparse
import filecmp
import os
import re
import socket
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
built = os.path.join(here, "..", "..", "artifacts", "bin")
program = os.path.join(built, "Acquisition.App", "release", "acquisition")
simulator = os.path.join(built, "Acquisition.HardwareSim", "release", "hardware-sim")
TASKS = 8

parser = argparse.ArgumentParser()
parser.add_argument("stacks"), parser.add_argument("folder"), parser.add_argument("--model", default="self-vision")
arguments = parser.parse_args()
folder = os.path.abspath(arguments.folder)
os.makedirs(folder)


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_slurm(at):
    host, munge = socket.gethostname().split(".")[0], f"{at}/munge.sock"
    os.makedirs(f"{at}/state", 0o700), os.makedirs(f"{at}/spool")
    os.chmod(at, 0o700)
    with open(os.open(f"{at}/munge.key", os.O_CREAT | os.O_WRONLY, 0o400), "wb") as key:
        key.write(os.urandom(128))
    with open(os.path.join(here, "..", "Acquisition.SystemTests", "Support", "slurm.conf")) as template, open(f"{at}/slurm.conf", "w") as conf:
        conf.write(template.read().format(folder=at, host=host, cpus=2, controller_port=free_port(), node_port=free_port()))
    os.environ["SLURM_CONF"] = f"{at}/slurm.conf"
    daemons = [subprocess.Popen(
        ["munged", "--foreground", "--force", f"--key-file={at}/munge.key", f"--socket={munge}", f"--pid-file={at}/munged.pid",
         f"--log-file={at}/munged.log", f"--seed-file={at}/munged.seed"])]
    until(lambda: os.path.exists(munge))
    daemons += [subprocess.Popen(["slurmctld", "-D", "-i"], stderr=subprocess.DEVNULL), subprocess.Popen(["slurmd", "-D"], stderr=subprocess.DEVNULL)]
    until(lambda: subprocess.run(["sinfo", "--noheader", "--format=%T"], capture_output=True, text=True).stdout.strip() == "idle")
    return daemons


def until(holds, seconds=3600):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def states(job):
    return run("squeue", "--noheader", "--array", "--states=all", "--format=%T", f"--jobs={job}").split()


def ended(job):
    return all(state not in ("PENDING", "RUNNING", "COMPLETING", "REQUEUED", "REQUEUE_HOLD") for state in states(job))


def same(a, b):
    files = [os.path.relpath(os.path.join(where, name), a) for where, _, names in os.walk(f"{a}/restored.zarr/0/c") for name in names]
    assert files and all(filecmp.cmp(f"{a}/{name}", f"{b}/{name}", shallow=False) for name in files)
    return len(files)


with open(f"{folder}/rig.yaml", "w") as rig:
    address = f"tcp://127.0.0.1:{free_port()}"
    rig.write(f"source:\n  address: {address}\nrestoration:\n  model: {arguments.model}\nstorage:\n  root: {folder}/runs\nviewer:\n  enabled: false\n")
live = subprocess.Popen([program, "run", "--config", f"{folder}/rig.yaml"], stdout=subprocess.DEVNULL)
run(simulator, "play", arguments.stacks, "--announce", "2,2,2", "--address", address)
assert live.wait() == 0
recorded = os.path.join(folder, "runs", os.listdir(f"{folder}/runs")[0])

began = time.monotonic()
run(program, "restore", recorded, "--output", f"{folder}/whole")
print(f"| one process, models and all | {time.monotonic() - began:.1f} s | {same(recorded, f'{folder}/whole')} volumes as live |", flush=True)

daemons = start_slurm(f"{folder}/slurm")
try:
    for at_once in (1, 2):
        shared = f"{folder}/shared{at_once}"
        began = time.monotonic()
        run(program, "plan", recorded, "--tasks", str(TASKS), "--output", shared)
        planned = time.monotonic()
        script = f"{shared}/restore.sbatch"
        text = re.sub(r"--array=(\S+)", rf"--array=\1%{at_once}", open(script).read()).replace("--cpus-per-task=2", f"--cpus-per-task={2 // at_once}")
        open(script, "w").write(text)
        array, finish = re.search(r"tasks: (\d+), finish: (\d+)", run("sh", f"{shared}/submit.sh")).groups()
        if at_once == 2:
            until(lambda: "RUNNING" in states(array))
            victim = run("squeue", "--noheader", "--array", "--states=RUNNING", "--format=%i", f"--jobs={array}").split()[0]
            run("scontrol", "requeue", victim)
            until(lambda: "Restarts=1" in run("scontrol", "show", "job", victim))
            until(lambda: subprocess.run(["scontrol", "update", f"JobId={victim}", "StartTime=now"], capture_output=True) and states(victim)[0] != "PENDING")
        until(lambda: ended(array))
        restored = time.monotonic()
        until(lambda: ended(finish))
        assert set(states(array)) == {"COMPLETED"} and states(finish) == ["COMPLETED"], (states(array), open(f"{shared}/logs/finish.log").read())
        killed = ", one killed and requeued" if at_once == 2 else ""
        print(f"| {TASKS} tasks, {at_once} at a time{killed} | plan {planned - began:.1f} s, tasks {restored - planned:.1f} s, finish {time.monotonic() - restored:.1f} s "
              f"| {same(recorded, shared)} volumes as live |", flush=True)
finally:
    for daemon in reversed(daemons):
        daemon.terminate()
        daemon.wait()
