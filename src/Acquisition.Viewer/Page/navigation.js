import { AXES, SLICES, point } from './geometry.js';

const FRONT = { yaw: -0.55, pitch: 0.4, zoom: 1 };
const LARGEST_ZOOM = 64;

/** Where people look: one crosshair, one zoom and centre for all slices, one direction for both 3D views. */
export class Navigation extends EventTarget {
  /** Events: 'crosshair', 'slices' (zoom or centre), 'spin'. */
  constructor() {
    super();
    this.grid = null;
    /** In whole voxels of the restored grid. */
    this.crosshair = { z: 0, y: 0, x: 0 };
    /** What lies in the middle of each slice, µm. */
    this.centreUm = { z: 0, y: 0, x: 0 };
    /** 1 where the whole volume just fits. */
    this.zoom = 1;
    this.spin = { ...FRONT };
    this.isCrosshairShown = true;
  }

  begin(grid) {
    this.grid = grid;
    this.crosshair = grid.middle;
    this.fit();
    this.spin = { ...FRONT };
    this.#tell('crosshair');
    this.#tell('spin');
  }

  /** Moves the crosshair to a voxel; the nearest inside. */
  goTo(at) {
    if (!this.grid) return;
    const next = this.grid.clamp({ ...this.crosshair, ...at });
    if (AXES.every(axis => next[axis] === this.crosshair[axis])) return;
    this.crosshair = next;
    this.#tell('crosshair');
  }

  /** Moves the crosshair by whole voxels along one axis. */
  step(axis, by) {
    this.goTo({ [axis]: this.crosshair[axis] + by });
  }

  toggleCrosshair() {
    this.isCrosshairShown = !this.isCrosshairShown;
    this.#tell('crosshair');
  }

  fit() {
    if (!this.grid) return;
    this.zoom = 1;
    this.centreUm = point(axis => this.grid.extentUm[axis] / 2);
    this.#tell('slices');
  }

  /** Zooms so that a point of the specimen stays where it is on screen. @param {{z?: number, y?: number, x?: number}} aboutUm */
  zoomBy(factor, aboutUm = {}) {
    const zoom = Math.min(Math.max(this.zoom * factor, 0.25), LARGEST_ZOOM), scale = this.zoom / zoom;
    for (const axis of AXES)
      if (aboutUm[axis] !== undefined) this.centreUm[axis] = aboutUm[axis] + (this.centreUm[axis] - aboutUm[axis]) * scale;
    this.zoom = zoom;
    this.#tell('slices');
  }

  /** Moves the picture of a slice. @param {number} acrossUm To the right. @param {number} downUm */
  panBy(slice, acrossUm, downUm) {
    if (!this.grid) return;
    const { across, down } = SLICES[slice];
    for (const [axis, by] of [[across, acrossUm], [down, downUm]])
      this.centreUm[axis] = Math.min(Math.max(this.centreUm[axis] - by, 0), this.grid.extentUm[axis]);
    this.#tell('slices');
  }

  /** Turns the 3D view, radians. */
  turnBy(yaw, pitch) {
    this.spin.yaw += yaw;
    this.spin.pitch = Math.min(Math.max(this.spin.pitch + pitch, -Math.PI / 2), Math.PI / 2);
    this.#tell('spin');
  }

  zoom3dBy(factor) {
    this.spin.zoom = Math.min(Math.max(this.spin.zoom * factor, 0.3), 12);
    this.#tell('spin');
  }

  resetSpin() {
    this.spin = { ...FRONT };
    this.#tell('spin');
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
