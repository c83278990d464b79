import { planeAxes } from './geometry.js';
import { cutShader, ENLARGE_SHADER } from './slice-shaders.js';

const NORMALS = ['z', 'y', 'x'];

/** Cuts planes from volumes, on the restored grid, and keeps the newest of each volume and direction. */
export class SlicePlanes {
  #graphics;
  #kept = new Map();

  constructor(graphics) {
    this.#graphics = graphics;
  }

  /**
   * @param {VolumeTexture} volume With samples, or with the plane itself.
   * @param {'z'|'y'|'x'} normal
   * @param {number} at Plane of the restored grid.
   * @param {Lattice} lattice Of the volume's samples.
   * @param {'cubic'|'linear'|'voxels'} interpolation Between the volume's own voxels.
   * @returns {{texture: WebGLTexture, columns: number, rows: number}} Lent until the next call for this volume and direction.
   */
  cut(volume, normal, at, lattice, interpolation) {
    const key = `${volume.kind}/${volume.c}/${normal}`, own = lattice.sampleOf({ z: at, y: at, x: at })[normal];
    const sharp = volume.planeAt(normal, own), state = [sharp ? `plane ${sharp.header.id}` : volume.version, at, interpolation].join();
    const kept = this.#kept.get(key);
    if (kept?.state === state) return kept.image;
    if (kept) this.#graphics.gl.deleteTexture(kept.image.texture);
    let image = sharp
      ? this.#graphics.floatImage(sharp.columns, sharp.rows, Float32Array.from(sharp.samples))
      : this.#cutFrom(volume, normal, lattice.toSamples(normal, at + 0.5), lattice.isFine(normal) ? 'voxels' : interpolation);
    const { rows, columns } = planeAxes(normal);
    if (interpolation !== 'voxels' && !(lattice.isFine(rows) && lattice.isFine(columns)))
      image = this.#enlarge(image, [columns, rows], lattice, sharp ? null : volume.header.reduced, interpolation);
    this.#kept.set(key, { state, image });
    return image;
  }

  /** Forgets everything, for another scan or another context. */
  clear() {
    for (const { image } of this.#kept.values()) this.#graphics.gl.deleteTexture(image.texture);
    this.#kept.clear();
  }

  #cutFrom(volume, normal, position, interpolation) {
    const { gl } = this.#graphics, { shape, reduced } = volume.header, { rows, columns } = planeAxes(normal);
    const { taps, weights } = tapsAt(position / reduced[normal], shape[normal], interpolation);
    const image = this.#graphics.floatImage(shape[columns], shape[rows]);
    this.#graphics.into(image, () => {
      const uniforms = this.#graphics.program(cutShader(volume.isFloat ? 'sampler3D' : 'usampler3D'));
      this.#graphics.bind(0, gl.TEXTURE_3D, volume.texture);
      gl.uniform1i(uniforms.volume, 0);
      gl.uniform1i(uniforms.normal, NORMALS.indexOf(normal));
      gl.uniform4iv(uniforms.taps, taps);
      gl.uniform4fv(uniforms.weights, weights);
      this.#graphics.fill();
    });
    return image;
  }

  #enlarge(plane, axes, { step, shift }, reduced, interpolation) {
    const { gl } = this.#graphics, image = this.#graphics.floatImage(Math.round(plane.columns * step[axes[0]]), Math.round(plane.rows * step[axes[1]]));
    this.#graphics.into(image, () => {
      const uniforms = this.#graphics.program(ENLARGE_SHADER);
      this.#graphics.bind(0, gl.TEXTURE_2D, plane.texture);
      gl.uniform1i(uniforms.plane, 0);
      gl.uniform2f(uniforms.pitch, ...axes.map(axis => step[axis]));
      gl.uniform2f(uniforms.offset, ...axes.map(axis => shift[axis]));
      gl.uniform2f(uniforms.reduced, ...axes.map(axis => reduced?.[axis] ?? 1));
      gl.uniform1i(uniforms.cubic, interpolation === 'cubic');
      this.#graphics.fill();
    });
    gl.deleteTexture(plane.texture);
    return image;
  }
}

/**
 * Samples and weights that make the value at a position; borders are mirrored at the outer edge of the outermost samples.
 * @param {number} position In samples; sample i covers [i, i + 1).
 */
function tapsAt(position, count, interpolation) {
  if (interpolation === 'voxels')
    return { taps: [0, Math.min(Math.floor(position), count - 1), 0, 0], weights: [0, 1, 0, 0] };
  const first = Math.floor(position - 0.5), f = position - 0.5 - first;
  const mirror = i => Math.min(Math.max(i < 0 ? -1 - i : i >= count ? 2 * count - 1 - i : i, 0), count - 1);
  return {
    taps: [-1, 0, 1, 2].map(i => mirror(first + i)),
    // Cubic: Keys 1981 with a = -1/2.
    weights: interpolation === 'linear' ? [0, 1 - f, f, 0]
      : [-0.5 * f ** 3 + f ** 2 - 0.5 * f, 1.5 * f ** 3 - 2.5 * f ** 2 + 1, -1.5 * f ** 3 + 2 * f ** 2 + 0.5 * f, 0.5 * f ** 3 - 0.5 * f ** 2],
  };
}
