"""Reads an OME-Zarr 0.4 dataset with Debian's zarr: read_zarr2.py <group folder> <file for the pixels> [<level>]. The pixels are written
(t, c, z, y, x), little-endian; the group's attributes go to standard output as JSON, with the array's shape and type."""
import json
import sys

import zarr

group = zarr.open_group(sys.argv[1], mode="r")
attributes = group.attrs.asdict()
dataset = attributes["multiscales"][0]["datasets"][int(sys.argv[3]) if len(sys.argv) > 3 else 0]
array = group[dataset["path"]]
data = array[:]
data.astype(data.dtype.newbyteorder("<")).tofile(sys.argv[2])
print(json.dumps({**attributes, "shape": array.shape, "dtype": data.dtype.name}))
