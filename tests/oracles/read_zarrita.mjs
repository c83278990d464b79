// Reads a dataset with zarrita: node read_zarrita.mjs <group folder or http address> <file for the pixels> [<level>]
// The pixels are written (t, c, z, y, x), little-endian; a summary goes to standard output as JSON.
import { writeFileSync } from "node:fs";
import * as zarr from "zarrita";
import FileSystemStore from "@zarrita/storage/fs";

const [folder, pixels, level = "0"] = process.argv.slice(2);
const store = folder.startsWith("http") ? new zarr.FetchStore(folder) : new FileSystemStore(folder);
const group = await zarr.open.v3(store, { kind: "group" });
const array = await zarr.open.v3(group.resolve(group.attrs.ome.multiscales[0].datasets[Number(level)].path), { kind: "array" });
const { data } = await zarr.get(array);
writeFileSync(pixels, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
console.log(JSON.stringify({ shape: array.shape, dtype: array.dtype, dimension_names: array.dimensionNames ?? null }));
