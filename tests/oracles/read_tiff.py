"""Reads an OME-TIFF with tifffile: read_tiff.py <file> <file for the pixels>. Prints what it is as JSON."""
import json
import sys
import xml.etree.ElementTree as xml

import tifffile

path, pixels = sys.argv[1:]
with tifffile.TiffFile(path) as file:
    series = file.series[0]
    data = series.asarray()
    data.astype(data.dtype.newbyteorder("<")).tofile(pixels)
    root = xml.fromstring(file.ome_metadata)
    described = root.find(".//{*}Pixels")
    found = described.attrib
    print(json.dumps({
        "is_ome": file.is_ome, "is_bigtiff": file.is_bigtiff, "axes": series.axes, "shape": series.shape,
        "dtype": data.dtype.name, "contiguous": series.dataoffset is not None,
        "voxel": [float(found[f"PhysicalSize{axis}"]) for axis in "ZYX"],
        "units": [found[f"PhysicalSize{axis}Unit"] for axis in "ZYX"],
        "channels": [channel.get("Name") for channel in described.findall("{*}Channel")],
        "interval_s": float(found["TimeIncrement"]) if "TimeIncrement" in found else None,
        "bits": found.get("SignificantBits"),
        "notes": {pair.get("K"): pair.text for pair in root.findall(".//{*}M")}}))
