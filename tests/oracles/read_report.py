#!/usr/bin/python3
"""Reads the page of a run as strangers would: read_report.py RUN. Prints what it found as JSON, or stops at a fault.

The page is parsed twice, as XML and as HTML. Its numbers are held against report.json, and its pictures against
projections that numpy makes of the datasets.
"""
import base64
import html.parser
import io
import json
import math
import os
import statistics
import sys
import xml.etree.ElementTree

import numpy as np
from PIL import Image

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import read_zarr3

LONGEST = 512
run = sys.argv[1]
with open(os.path.join(run, "report.html"), encoding="utf-8") as file:
    text = file.read()
tree = xml.etree.ElementTree.fromstring(text)
with open(os.path.join(run, "report.json"), encoding="utf-8") as file:
    report = json.load(file)


class Outline(html.parser.HTMLParser):
    """Elements, attributes and text as a browser's parser hears them."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend((tag, name, value) for name, value in attrs)

    def handle_data(self, data):
        self.text.append(data)


outline = Outline()
outline.feed(text)
local = [element.tag.rpartition("}")[2] for element in tree.iter()]
assert outline.tags == local, "HTML and XML see different elements"
assert not {"script", "iframe", "object", "embed", "link", "base", "form"} & set(outline.tags)
for tag, name, value in outline.attributes:
    assert not name.startswith("on"), (tag, name)
    if name in ("href", "src", "xlink:href", "action", "srcset"):
        assert value.startswith("data:image/png;base64,"), (tag, name, value[:60])
assert "url(" not in text and "@import" not in text

# Every number that the report has and the page shows.
shown = {}
for element in tree.iter():
    if element.get("data-key"):
        shown.setdefault(element.get("data-key"), set()).add(float(element.get("value")))
status = report["status"]
expected = {f"frames.{key}": value for key, value in status["frames"].items() if key in ("received", "stored", "lost_messages", "repeated_messages", "disordered_messages")}
expected["frames.refused"] = sum(status["frames"]["refused"].values())
expected.update({f"volumes.{key}": value for key, value in status["volumes"].items() if key in ("assembled", "incomplete", "restored", "pending", "previews")})
expected["volumes.skipped"] = sum(status["volumes"]["skipped"].values())
for group, reasons in (("frames", "refused"), ("frames", "refused_messages"), ("volumes", "skipped")):
    expected.update({f"{group}.{reasons}.{reason}": count for reason, count in status[group][reasons].items()})
conditioned = {}
ledger = os.path.join(run, "ledger.jsonl")
for line in open(ledger, encoding="utf-8") if os.path.exists(ledger) else ():
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        continue  # torn
    if event["kind"] == "volume-restored" and event.get("conditioning"):
        conditioned.setdefault(event["index"]["c"], []).append(event["conditioning"])
for channel, found in conditioned.items():
    key = f"conditioning.{channel}."
    phases = [f["line_phase"] for f in found if f["line_phase"]]
    known = [phase["estimated_px"] for phase in phases if phase["estimated_px"] is not None]
    hot = [f["hot_pixels"] for f in found if f["hot_pixels"] is not None]
    drifts = [[um for um in f["drift"]["um"].values() if um is not None] for f in found if f["drift"]]
    expected[key + "volumes"] = len(found)
    if hot: expected[key + "hot_pixels"] = max(hot)
    if phases: expected[key + "line_phase_uncertain"] = sum(phase["corrected_px"] == 0 != phase["estimated_px"] for phase in phases)
    if known: expected[key + "line_phase_px"] = statistics.median(known)
    if any(drifts): expected[key + "drift_um"] = max(math.hypot(*um) for um in drifts if um)
for timing in report["timings"]:
    expected.update({f"timings.{timing['stage']}.{key}": timing[key] for key in ("count", "p50_ms", "p95_ms", "p99_ms", "max_ms")})
for queue in status["queues"]:
    expected.update({f"queues.{queue['name']}.{key}": queue[key] for key in ("high_water_bytes", "budget_bytes", "times_high", "times_full", "dropped")})
    if queue["time_in_queue"]:
        expected.update({f"queues.{queue['name']}.time_in_queue.{key}": queue["time_in_queue"][key] for key in ("p50_ms", "p95_ms", "p99_ms", "max_ms")})
expected["elapsed_s"] = status["elapsed_s"]
for key, value in expected.items():
    assert shown.get(key) == {value}, f"{key} is {value} in report.json and {shown.get(key)} in the page"
assert set(shown) == set(expected), set(shown) ^ set(expected)


def project(volume, view):
    samples = volume.astype(np.float64)
    samples[~np.isfinite(samples)] = -np.inf
    picture = {"xy": samples.max(0), "xz": samples.max(1), "yz": samples.max(2).T}[view]
    for axis in (0, 1):
        group = -(-picture.shape[axis] // LONGEST)
        picture = np.maximum.reduceat(picture, np.arange(0, picture.shape[axis], group), axis)
    return np.where(np.isneginf(picture), 0, picture)


pictures, grey_levels, volumes, limits = [], 0, {}, set()
for image in tree.iter("{http://www.w3.org/2000/svg}image"):
    kind, view, index = image.get("data-kind"), image.get("data-view"), image.get("data-volume")
    low, high = float(image.get("data-low")), float(image.get("data-high"))
    t, c = (int(part[1:]) for part in index.split())
    if kind not in volumes:
        volumes[kind] = read_zarr3.read(os.path.join(run, kind + ".zarr"))[0]
    found = np.asarray(Image.open(io.BytesIO(base64.b64decode(image.get("href").partition(",")[2]))))
    wanted = np.floor(255 * np.clip((project(volumes[kind][t, c], view) - low) / (high - low), 0, 1) + 0.5).astype(np.uint8)
    assert found.shape == wanted.shape, (index, kind, view, found.shape, wanted.shape)
    assert (found == wanted).all(), (index, kind, view, int((found != wanted).sum()))
    assert image.get("preserveAspectRatio") == "none"
    pictures.append([index, kind, view, float(image.get("width")), float(image.get("height"))])
    grey_levels = max(grey_levels, len(np.unique(found)))
    limits.add((c, low, high))

print(json.dumps({
    "numbers": len(expected), "pictures": pictures, "grey_levels": grey_levels, "limits": sorted(limits),
    "headings": ["".join(e.itertext()) for e in tree.iter("{http://www.w3.org/1999/xhtml}h2")],
    "charts": [e.get("aria-label") for e in tree.iter("{http://www.w3.org/2000/svg}svg") if e.get("class") == "chart"],
    "text": " ".join(outline.text),
}))
