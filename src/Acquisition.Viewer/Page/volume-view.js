import { COLOUR_MAPS } from './colour-maps.js';
import { AXES, point } from './geometry.js';
import { mipShader, shadedShader } from './volume-shaders.js';

/** How a 3D view looks at the specimen: parallel projection, one scale for all directions. */
export class VolumeFrame {
  /** @param {number} width @param {number} height Canvas pixels. */
  constructor(width, height, { grid, spin }) {
    const cosYaw = Math.cos(spin.yaw), sinYaw = Math.sin(spin.yaw), cosPitch = Math.cos(spin.pitch), sinPitch = Math.sin(spin.pitch);
    this.grid = grid;
    this.width = width;
    this.height = height;
    const { z, y, x } = grid.extentUm;
    this.pixelsPerUm = 1.12 * spin.zoom * Math.min(width, height) / Math.hypot(z, y, x);
    // At rest x runs right, y down and z away from the viewer, as in the xy slice.
    this.right = { x: cosYaw, y: 0, z: -sinYaw };
    this.down = { x: sinYaw * sinPitch, y: cosPitch, z: cosYaw * sinPitch };
    this.away = { x: sinYaw * cosPitch, y: -sinPitch, z: cosYaw * cosPitch };
  }

  /** Canvas pixel of a position in µm; depth grows away from the viewer. */
  pixelOf(um) {
    const from = point(axis => um[axis] - this.grid.extentUm[axis] / 2);
    const along = direction => AXES.reduce((sum, axis) => sum + from[axis] * direction[axis], 0);
    return { x: this.width / 2 + along(this.right) * this.pixelsPerUm, y: this.height / 2 + along(this.down) * this.pixelsPerUm, depth: along(this.away) };
  }

  /** Rays through a volume in units of its samples. @param {number} reduction Canvas pixels to one that is drawn. */
  rays({ header: { full, reduced } }, reduction) {
    const perUm = point(axis => full[axis] / this.grid.extentUm[axis] / reduced[axis]);
    const inSamples = (direction, um) => point(axis => direction[axis] * um * perUm[axis]);
    const pixelUm = reduction / this.pixelsPerUm;
    const perX = inSamples(this.right, pixelUm), perY = inSamples(this.down, pixelUm);
    const origin = point(axis => this.grid.extentUm[axis] / 2 * perUm[axis]
      - perX[axis] * this.width / reduction / 2 - perY[axis] * this.height / reduction / 2);
    const along = inSamples(this.away, 1), longest = Math.max(...AXES.map(axis => Math.abs(along[axis])));
    return {
      origin, perX, perY,
      // Exact zeros would divide by zero at the box.
      along: point(axis => along[axis] / longest || 1e-6),
      box: point(axis => full[axis] / reduced[axis]),
      pitch: point(axis => 1 / perUm[axis]),
    };
  }

  /** Towards the light: behind the viewer, from the upper left. */
  get light() {
    const light = point(axis => -0.75 * this.away[axis] - 0.45 * this.right[axis] - 0.5 * this.down[axis]);
    const length = Math.hypot(light.z, light.y, light.x);
    return point(axis => light[axis] / length);
  }
}

/** Draws 3D views: channels added up in their colours. */
export class VolumeView {
  #graphics;
  #maps;

  /** @param {WebGLTexture} maps The table of colours. */
  constructor(graphics, maps) {
    this.#graphics = graphics;
    this.#maps = maps;
  }

  /** @param {VolumeFrame} frame @param {number} reduction Canvas pixels to one that is drawn. @param {'mip'|'shaded'} rendering */
  picture(frame, layers, reduction, { contrast, rendering }) {
    return {
      draw: rect => {
        const { gl } = this.#graphics;
        gl.enable(gl.BLEND);
        gl.blendFunc(gl.ONE, gl.ONE);
        for (const { volume } of layers) {
          const sampler = volume.isFloat ? 'sampler3D' : 'usampler3D';
          const uniforms = this.#graphics.program(rendering === 'mip' ? mipShader(sampler) : shadedShader(sampler));
          const channel = contrast.channels[volume.c], { low, high } = channel[volume.kind];
          this.#graphics.bind(0, gl.TEXTURE_3D, volume.texture);
          this.#graphics.bind(1, gl.TEXTURE_2D, this.#maps);
          gl.uniform1i(uniforms.volume, 0);
          gl.uniform1i(uniforms.maps, 1);
          gl.uniform1f(uniforms.map, (contrast.mapRow(volume.c) + 0.5) / COLOUR_MAPS.length);
          gl.uniform1f(uniforms.low, low);
          gl.uniform1f(uniforms.high, high);
          gl.uniform1f(uniforms.gamma, channel.gamma);
          gl.uniform4fv(uniforms.rect, rect);
          for (const [name, { z, y, x }] of Object.entries({ ...frame.rays(volume, reduction), light: frame.light }))
            if (uniforms[name]) gl.uniform3f(uniforms[name], x, y, z);
          this.#graphics.fill();
        }
      },
    };
  }
}
