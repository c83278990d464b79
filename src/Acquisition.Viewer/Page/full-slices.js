const REST_MS = 150, PATIENCE_MS = 3000;

/** Fetches the planes through the crosshair at full resolution, for volumes that were sent shrunk, once nothing moves. */
export class FullSlices extends EventTarget {
  #connection;
  #store;
  #planes;
  #wanted = [];
  #at = null;
  #request = null;
  #timer = 0;

  /** Event: 'change', when planes came. */
  constructor(connection, store, planes) {
    super();
    this.#connection = connection;
    this.#store = store;
    this.#planes = planes;
  }

  /** @param {VolumeTexture[]} volumes That are shown. @param {{z: number, y: number, x: number}} crosshair In restored voxels. */
  want(volumes, crosshair) {
    this.#wanted = volumes.filter(({ header }) => header.complete && Math.max(header.reduced.z, header.reduced.y, header.reduced.x) > 1);
    this.#at = crosshair;
    this.#request = null;
    clearTimeout(this.#timer);
    if (this.#wanted.length > 0) this.#timer = setTimeout(() => this.#ask(), REST_MS);
  }

  take(header, samples) {
    const volume = this.#store.volume(header.kind, header.c);
    if (volume?.header.t === header.t) {
      this.#planes.takeFull(volume, header, samples);
      this.dispatchEvent(new Event('change'));
    }
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
    const { undersampling } = this.#store.plan, { z, y, x } = this.#at;
    const own = volume.kind === 'raw'
      ? { z: Math.floor(z / undersampling.z), y: Math.floor(y / undersampling.y), x: Math.floor(x / undersampling.x) } : { z, y, x };
    this.#request = { number: this.#connection.askForSlices(volume.kind, volume.c, volume.header.t, own), axes: new Set(['z', 'y', 'x']) };
    this.#timer = setTimeout(() => this.#ask(), PATIENCE_MS);
  }
}
