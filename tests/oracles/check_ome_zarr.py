"""Checks a dataset's metadata against the rules of OME-Zarr 0.5 that its JSON schema does not express, and those it does:
check_ome_zarr.py <group folder>. Prints one fault a line; none for a good dataset.
"""
import json
import os
import re
import sys

# Names of UDUNITS-2 that the specification lists.
SPACE_UNITS = {"angstrom", "nanometer", "micrometer", "millimeter", "centimeter", "meter"}
TIME_UNITS = {"nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day"}
ORDER = {"time": 0, "channel": 1, "space": 2}


def load(*parts):
    with open(os.path.join(*parts, "zarr.json")) as file:
        return json.load(file)


def check_axes(axes):
    names = [axis["name"] for axis in axes]
    types = [axis.get("type") for axis in axes]
    if not 2 <= len(axes) <= 5:
        yield f"{len(axes)} axes"
    if len(set(names)) != len(names):
        yield f"axes {names} are not unique"
    if any(kind not in ORDER for kind in types) or [ORDER[k] for k in types] != sorted(ORDER[k] for k in types):
        yield f"axis types {types} are not in the order time, channel, space"
    if types.count("space") not in (2, 3) or types.count("time") > 1 or types.count("channel") > 1:
        yield f"axis types {types} do not have 2 or 3 of space and at most one of time and channel"
    if [n for n, k in zip(names, types) if k == "space"] != ["z", "y", "x"][-types.count("space"):]:
        yield f"space axes of {names} are not z, y, x"
    for axis in axes:
        allowed = {"space": SPACE_UNITS, "time": TIME_UNITS}.get(axis.get("type"))
        if allowed and axis.get("unit") not in allowed:
            yield f"axis {axis['name']} has the unit {axis.get('unit')}"
        if not allowed and "unit" in axis:
            yield f"axis {axis['name']} has a unit"


def check_dataset(folder, dataset, names):
    transformations = dataset["coordinateTransformations"]
    kinds = [t["type"] for t in transformations]
    if kinds not in (["scale"], ["scale", "translation"]):
        yield f"transformations are {kinds}"
    for t in transformations:
        values = t[t["type"]]
        if len(values) != len(names) or not all(isinstance(v, (int, float)) for v in values):
            yield f"{t['type']} {values} does not fit {len(names)} axes"
        if t["type"] == "scale" and not all(v > 0 for v in values):
            yield f"scale {values} is not positive"
    array = load(folder, dataset["path"])
    if array["node_type"] != "array" or array["zarr_format"] != 3:
        yield "the dataset is no Zarr 3 array"
    if array.get("dimension_names") != names:
        yield f"dimension_names {array.get('dimension_names')} are not the axes {names}"
    if len(array["shape"]) != len(names):
        yield f"shape {array['shape']} does not fit {len(names)} axes"


def check_omero(omero, channels):
    if len(omero["channels"]) != channels:
        yield f"{len(omero['channels'])} channels described of {channels}"
    for channel in omero["channels"]:
        if not re.fullmatch("[0-9A-F]{6}", channel["color"]):
            yield f"color {channel['color']}"
        window = channel["window"]
        if set(window) != {"min", "max", "start", "end"}:
            yield f"window has the keys {sorted(window)}"
        elif not window["min"] <= window["start"] < window["end"] <= window["max"]:
            yield f"window {window} is not in order"
        if not isinstance(channel["label"], str) or not channel["label"]:
            yield "a channel has no label"


def check(folder):
    group = load(folder)
    if (group["zarr_format"], group["node_type"]) != (3, "group"):
        yield "no Zarr 3 group"
    ome = group["attributes"]["ome"]
    if ome["version"] != "0.5":
        yield f"version {ome['version']}"
    for multiscale in ome["multiscales"]:
        names = [axis["name"] for axis in multiscale["axes"]]
        yield from check_axes(multiscale["axes"])
        if not multiscale["datasets"]:
            yield "no datasets"
        for dataset in multiscale["datasets"]:
            yield from check_dataset(folder, dataset, names)
        shapes = [load(folder, dataset["path"])["shape"] for dataset in multiscale["datasets"]]
        for fine, coarse in zip(shapes, shapes[1:]):
            if fine[:2] != coarse[:2] or fine == coarse or any(a < b for a, b in zip(fine, coarse)):
                yield f"levels {shapes} are not in order, largest first"
        if not multiscale.get("name"):
            yield "a multiscale has no name"
    shape = load(folder, ome["multiscales"][0]["datasets"][0]["path"])["shape"]
    yield from check_omero(ome["omero"], shape[names.index("c")])
    if not isinstance(group["attributes"]["acquisition"]["steps"], list):
        yield "acquisition.steps is no list"


for fault in check(sys.argv[1]):
    print(fault)
