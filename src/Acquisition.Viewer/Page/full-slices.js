import { AXES } from './geometry.js';

const REST_MS = 150, PATIENCE_MS = 3000;

/** Fetches the planes through the crosshair at full resolution, for volumes that were sent shrunk, once nothing moves. */
export class FullSlices {
  #connection;
  #layers;
  #store;
  #wanted = [];
  #at = null;
  #request = null;
  #timer = 0;

  constructor(connection, store, layers) {
    this.#connection = connection;
    this.#store = store;
    this.#layers = layers;
  }

  /** @param {VolumeTexture[]} volumes That are shown. @param {{z: number, y: number, x: number}} crosshair In restored voxels. */
  want(volumes, crosshair) {
    this.#at = crosshair;
    this.#wanted = volumes.filter(volume => volume.isWhole && volume.isReduced && this.#lacksPlanes(volume));
    this.#request = null;
    clearTimeout(this.#timer);
    if (this.#wanted.length > 0) this.#timer = setTimeout(() => this.#ask(), REST_MS);
  }

  take(header, samples) {
    this.#store.takePlane(header, samples);
    if (header.request !== this.#request?.number) return;
    this.#request.axes.delete(header.axis);
    if (this.#request.axes.size === 0) this.#ask();
  }

  // One volume after the other: the server answers only the newest request.
  #ask() {
    clearTimeout(this.#timer);
    const volume = this.#wanted.shift();
    this.#request = null;
    if (!volume) return;
    const own = this.#layers.sampleOf(volume.kind, this.#at);
    this.#request = { number: this.#connection.askForSlices(volume.kind, volume.c, volume.header.t, own), axes: new Set(AXES) };
    this.#timer = setTimeout(() => this.#ask(), PATIENCE_MS);
  }

  #lacksPlanes(volume) {
    const own = this.#layers.sampleOf(volume.kind, this.#at);
    return AXES.some(axis => !volume.planeAt(axis, own[axis]));
  }
}
