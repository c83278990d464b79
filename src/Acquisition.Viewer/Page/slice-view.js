import { Lattice, SLICES, planeAxes } from './geometry.js';
import { UNCERTAINTY_SHADER, sliceShader } from './slice-shaders.js';

const MARGIN = 0.96;

/** Where a slice lies in its pane. */
export class SliceFrame {
  /**
   * @param {Pane} pane
   * @param {Navigation} navigation
   * @param {number} pixelsPerUm Of the canvas; the same for all slices.
   */
  constructor(pane, navigation, pixelsPerUm) {
    const { across, down, normal } = SLICES[pane.view], { grid, centreUm } = navigation;
    Object.assign(this, { across, down, normal, grid, pixelsPerUm });
    this.left = pane.canvas.width / 2 - centreUm[across] * pixelsPerUm;
    this.top = pane.canvas.height / 2 - centreUm[down] * pixelsPerUm;
    this.width = grid.extentUm[across] * pixelsPerUm;
    this.height = grid.extentUm[down] * pixelsPerUm;
  }

  /** Position in µm of a canvas pixel, along the two axes of the slice. */
  umAt(px, py) {
    return { [this.across]: (px - this.left) / this.pixelsPerUm, [this.down]: (py - this.top) / this.pixelsPerUm };
  }

  /** Voxel under a canvas pixel, along the two axes of the slice; may lie outside. */
  voxelAt(px, py) {
    const um = this.umAt(px, py);
    return { [this.across]: um[this.across] / this.grid.voxelUm[this.across], [this.down]: um[this.down] / this.grid.voxelUm[this.down] };
  }

  /** Canvas pixel of the middle of a voxel. */
  pixelOf(voxel) {
    return {
      x: this.left + (voxel[this.across] + 0.5) * this.grid.voxelUm[this.across] * this.pixelsPerUm,
      y: this.top + (voxel[this.down] + 0.5) * this.grid.voxelUm[this.down] * this.pixelsPerUm,
    };
  }
}

/** The scale at which the whole volume fits into all slices. @returns {number} Canvas pixels per µm. */
export function fittingScale(panes, grid) {
  return MARGIN * Math.min(...panes.map(({ view, canvas }) =>
    Math.min(canvas.width / grid.extentUm[SLICES[view].across], canvas.height / grid.extentUm[SLICES[view].down])));
}

/** Draws slices: channels added up in their colours, and uncertainty over them. */
export class SliceView {
  #graphics;
  #planes;
  #maps;

  /** @param {WebGLTexture} maps The table of colours. */
  constructor(graphics, planes, maps) {
    this.#graphics = graphics;
    this.#planes = planes;
    this.#maps = maps;
  }

  /**
   * @param {SliceFrame} frame
   * @param {{volume: VolumeTexture, header: object}[]} layers One a visible channel, as Layers gives them.
   * @param {object|null} uncertainty The layer over them.
   * @returns {{prepare: function, draw: function}} For Graphics.show.
   */
  picture(frame, layers, uncertainty, { plan, contrast, crosshair, interpolation }) {
    const at = crosshair[frame.normal], { columns } = planeAxes(frame.normal);
    let images;
    return {
      prepare: () => {
        images = layers.map(layer => [layer, this.#planes.cut(layer.volume, frame.normal, at, new Lattice(layer.kind, plan), interpolation)]);
        if (uncertainty) images.push([uncertainty, this.#planes.cut(uncertainty.volume, frame.normal, at, new Lattice('uncertainty', plan), 'voxels')]);
      },
      draw: rect => {
        for (const [layer, image] of images) {
          const uniforms = this.#begin(layer, contrast);
          const { gl } = this.#graphics;
          this.#graphics.bind(0, gl.TEXTURE_2D, image.texture);
          gl.uniform1i(uniforms.plane, 0);
          gl.uniform4fv(uniforms.rect, rect);
          gl.uniform2f(uniforms.corner, frame.left, frame.top);
          gl.uniform2f(uniforms.extent, frame.width, frame.height);
          gl.uniform1i(uniforms.transposed, columns !== frame.across);
          this.#graphics.fill();
        }
      },
    };
  }

  #begin({ kind, c, header }, contrast) {
    const { gl } = this.#graphics, channel = contrast.channels[c];
    gl.enable(gl.BLEND);
    if (kind === 'uncertainty') {
      const uniforms = this.#graphics.program(UNCERTAINTY_SHADER), scale = header.made.uncertainty;
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.uniform1f(uniforms.largest, scale.largest);
      gl.uniform1f(uniforms.stepsPerOctave, scale.steps_per_octave);
      gl.uniform1f(uniforms.range, channel.restored.high - channel.restored.low);
      return uniforms;
    }
    const uniforms = this.#graphics.program(sliceShader(this.#graphics.isFloatFiltered)), { low, high } = channel[kind];
    gl.blendFunc(gl.ONE, gl.ONE);
    this.#graphics.bind(1, gl.TEXTURE_2D, this.#maps);
    gl.uniform1i(uniforms.maps, 1);
    gl.uniform1i(uniforms.map, contrast.mapRow(c));
    gl.uniform1f(uniforms.low, low);
    gl.uniform1f(uniforms.high, high);
    gl.uniform1f(uniforms.gamma, channel.gamma);
    return uniforms;
  }
}
