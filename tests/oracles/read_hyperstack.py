"""Reads an ImageJ hyperstack with tifffile: read_hyperstack.py <file> <file for the pixels>. The pixels are written (t, c, z, y, x),
little-endian; what the file says of itself goes to standard output as JSON."""
import json
import sys

import tifffile

path, pixels = sys.argv[1:]
with tifffile.TiffFile(path) as file:
    series = file.series[0]
    data, meta = series.asarray(), file.imagej_metadata
    # tifffile leaves axes of one sample out.
    shape = [meta.get("frames", 1), meta.get("slices", 1), meta.get("channels", 1), *data.shape[-2:]]
    data = data.reshape(shape).transpose(0, 2, 1, 3, 4)
    data.astype(data.dtype.newbyteorder("<")).tofile(pixels)
    x, y = (file.pages[0].tags[tag].value for tag in ("XResolution", "YResolution"))
    print(json.dumps({
        "is_imagej": file.is_imagej, "is_bigtiff": file.is_bigtiff, "axes": series.axes, "shape": list(data.shape), "dtype": data.dtype.name,
        "voxel": [meta["spacing"], y[1] / y[0], x[1] / x[0]], "unit": meta["unit"], "interval_s": meta.get("finterval"), "mode": meta["mode"],
        "range": [meta["min"], meta["max"]]}))
