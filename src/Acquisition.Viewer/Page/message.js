// The binary messages of /live: u32 length of a JSON header, the header, zeros up to a multiple of 8, then samples.

const ARRAYS = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array };

const utf8 = new TextDecoder();

/**
 * Reads a message without copying its samples.
 * @param {ArrayBuffer} buffer
 * @returns {{header: object, samples: Uint8Array|Uint16Array|Float32Array}} Samples share the buffer's memory.
 * @throws {RangeError} The buffer is too short for what its header says.
 */
export function readMessage(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = { ...JSON.parse(utf8.decode(new Uint8Array(buffer, 4, length))), receivedUnixMs: Date.now() };
  const Samples = ARRAYS[header.dtype];
  if (!Samples) throw new RangeError(`Samples of type '${header.dtype}' cannot be shown.`);
  const start = Math.ceil((4 + length) / 8) * 8;
  return { header, samples: new Samples(buffer, start, (buffer.byteLength - start) / Samples.BYTES_PER_ELEMENT) };
}
