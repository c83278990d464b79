import { AXES, planeAxes, point } from './geometry.js';

const FORMATS = {
  Uint8Array: gl => ({ internal: gl.R8UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_BYTE }),
  Uint16Array: gl => ({ internal: gl.R16UI, format: gl.RED_INTEGER, type: gl.UNSIGNED_SHORT }),
  Float32Array: gl => ({ internal: gl.R32F, format: gl.RED, type: gl.FLOAT }),
};

/** The newest volume of one kind and channel, as a texture and as samples. Planes that have not come yet are those of the volume before. */
export class VolumeTexture {
  #gl;
  #planeT = [];
  #planes = {};

  constructor(gl, kind, c) {
    this.#gl = gl;
    this.kind = kind;
    this.c = c;
    /** Header of the message taken last; null before the first. */
    this.header = null;
    /** Samples of what is shown, C order; null before the first message. */
    this.samples = null;
    this.texture = null;
    /** Rises with every change of the pixels. */
    this.version = 0;
  }

  get isFloat() {
    return this.samples instanceof Float32Array;
  }

  get isWhole() {
    return this.header?.complete ?? false;
  }

  get isReduced() {
    return Math.max(...Object.values(this.header.reduced)) > 1;
  }

  /** Takes a message over. Keeps its memory when it holds the whole volume. */
  take(header, samples) {
    const gl = this.#gl, { shape } = header, [from, to] = header.planes;
    const voxels = shape.z * shape.y * shape.x, planeVoxels = shape.y * shape.x;
    if (samples.length !== (to - from) * planeVoxels) throw new RangeError('A volume message is not as long as its header says.');
    const isNewLayout = !this.samples || this.samples.constructor !== samples.constructor
      || ['z', 'y', 'x'].some(axis => this.header.shape[axis] !== shape[axis] || this.header.full[axis] !== header.full[axis]);
    if (isNewLayout) {
      this.#allocate(shape, samples.constructor);
      this.#planeT = new Array(shape.z).fill(null);
      this.samples = null;
    }
    const { format, type } = FORMATS[samples.constructor.name](gl);
    gl.bindTexture(gl.TEXTURE_3D, this.texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, from, shape.x, shape.y, to - from, format, type, samples);
    if (to - from === shape.z) {
      this.samples = samples;
    } else {
      this.samples ??= new samples.constructor(voxels);
      this.samples.set(samples, from * planeVoxels);
    }
    this.#planeT.fill(header.t, from, to);
    this.header = header;
    this.version++;
    // Planes of the same volume stay: they are the same samples, or sharper ones. Raw ones do not, because slices are interpolated between them.
    const isOfVolume = ({ header: { t, source } }) => t === header.t && (source === header.source || source !== 'preview') && header.complete;
    const isSharper = this.kind !== 'raw' || this.isReduced;
    for (const axis of AXES) if (this.#planes[axis] && !(isOfVolume(this.#planes[axis]) && isSharper)) delete this.#planes[axis];
  }

  /** Takes planes through the crosshair, in full resolution, which serve until other pixels come. */
  takeSections(header, samples) {
    const { full, at } = header;
    header = { ...header, shape: full, reduced: { z: 1, y: 1, x: 1 }, planes: [0, full.z], complete: true };
    let start = 0;
    this.#planes = {};
    for (const axis of AXES) {
      const { rows, columns } = planeAxes(axis), size = full[rows] * full[columns];
      this.#planes[axis] = { header, at: at[axis], rows: full[rows], columns: full[columns], samples: samples.subarray(start, start + size) };
      start += size;
    }
    if (start !== samples.length) throw new RangeError('A message of planes is not as long as its header says.');
  }

  /** Takes one plane of the volume that is shown, in full resolution. */
  takePlane({ id, axis, at, shape: [rows, columns] }, samples) {
    this.#planes[axis] = { header: { ...this.header, id }, at, rows, columns, samples };
  }

  /** The plane in full resolution that came apart from the volume; null when there is none. @param {'z'|'y'|'x'} normal @param {number} at */
  planeAt(normal, at) {
    const plane = this.#planes[normal];
    return plane?.at === at ? plane : null;
  }

  /** The newest planes that came ahead of the volume; null when there are none. */
  get ahead() {
    const plane = this.#planes.z;
    return plane && plane.header.t !== this.header?.t ? plane : null;
  }

  /** Uploads again what was taken, after the context was lost. */
  restore() {
    if (!this.samples) return;
    const gl = this.#gl, { shape } = this.header, { format, type } = FORMATS[this.samples.constructor.name](gl);
    this.#allocate(shape, this.samples.constructor);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, 0, shape.x, shape.y, shape.z, format, type, this.samples);
    this.version++;
  }

  /** Which time point a plane of the full volume shows; null when none came yet. */
  timePointAt(z) {
    return this.header ? this.#planeT[this.sampleAt({ z, y: 0, x: 0 }).z] : null;
  }

  /** The sample that covers a voxel of the full volume. */
  sampleAt(voxel) {
    const { shape, reduced } = this.header;
    return point(axis => Math.min(Math.floor(voxel[axis] / reduced[axis]), shape[axis] - 1));
  }

  /** The value there; null when it has not come. */
  valueAt(voxel) {
    for (const axis of AXES) {
      const plane = this.planeAt(axis, voxel[axis]), { rows, columns } = planeAxes(axis);
      if (plane) return plane.samples[voxel[rows] * plane.columns + voxel[columns]];
    }
    if (!this.header) return null;
    const { shape } = this.header, at = this.sampleAt(voxel);
    return this.samples[(at.z * shape.y + at.y) * shape.x + at.x];
  }

  delete() {
    this.#gl.deleteTexture(this.texture);
  }

  #allocate(shape, Samples) {
    const gl = this.#gl;
    const largest = Math.max(shape.z, shape.y, shape.x), limit = gl.getParameter(gl.MAX_3D_TEXTURE_SIZE);
    if (largest > limit) throw new RangeError(`This graphics card shows volumes of up to ${limit} samples an axis; this one has ${largest}.`);
    gl.deleteTexture(this.texture);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_3D, this.texture);
    gl.texStorage3D(gl.TEXTURE_3D, 1, FORMATS[Samples.name](gl).internal, shape.x, shape.y, shape.z);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST],
      [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_R, gl.CLAMP_TO_EDGE]])
      gl.texParameteri(gl.TEXTURE_3D, name, value);
  }
}
