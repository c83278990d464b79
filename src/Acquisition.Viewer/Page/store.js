import { Grid } from './geometry.js';
import { VolumeTexture } from './volume-texture.js';

/** What the page knows: the scan, what is stored of it, how the run goes, and the newest pixels of each kind and channel. */
export class Store extends EventTarget {
  #gl;
  #volumes = new Map();

  /** Events: 'scan' (another one), 'volumes', 'status', 'pixels' and 'planes' (detail: the volume). */
  constructor(gl) {
    super();
    this.#gl = gl;
    /** The message "scan"; null until one is known. */
    this.scan = null;
    this.grid = null;
    this.status = null;
    this.stored = [];
  }

  get plan() {
    return this.scan?.plan ?? null;
  }

  take(message) {
    switch (message.type) {
      case 'scan': {
        const isOther = this.plan?.scan_id !== message.plan.scan_id || this.scan.folder !== message.folder;
        this.scan = message;
        if (isOther) {
          for (const volume of this.#volumes.values()) volume.delete();
          this.#volumes.clear();
          this.grid = new Grid(message.plan);
          this.stored = [];
        }
        this.dispatchEvent(new CustomEvent('scan', { detail: { isOther } }));
        break;
      }
      case 'volumes':
        this.stored = message.channels;
        this.dispatchEvent(new Event('volumes'));
        break;
      case 'status':
        this.status = message;
        this.dispatchEvent(new Event('status'));
        break;
    }
  }

  takeVolume(header, samples) {
    const volume = this.#volumeOf(header);
    volume.take(header, samples);
    this.dispatchEvent(new CustomEvent('pixels', { detail: volume }));
  }

  /** Takes planes that come ahead of a volume. */
  takeSections(header, samples) {
    const volume = this.#volumeOf(header);
    volume.takeSections(header, samples);
    this.dispatchEvent(new CustomEvent('planes', { detail: volume }));
  }

  /** Takes a plane that was asked for; if another volume is shown by now, it comes too late. */
  takePlane(header, samples) {
    const volume = this.#volumeOf(header);
    if (volume.header?.t !== header.t) return;
    volume.takePlane(header, samples);
    this.dispatchEvent(new CustomEvent('planes', { detail: volume }));
  }

  #volumeOf({ kind, c }) {
    const key = `${kind}/${c}`;
    let volume = this.#volumes.get(key);
    if (!volume) this.#volumes.set(key, volume = new VolumeTexture(this.#gl, kind, c));
    return volume;
  }

  /** @returns {VolumeTexture|null} Null until pixels came. */
  volume(kind, c) {
    return this.#volumes.get(`${kind}/${c}`) ?? null;
  }

  isStored(kind, c, t) {
    return this.stored[c]?.[kind]?.some(([first, last]) => first <= t && t <= last) ?? false;
  }

  /** The last time point that anything is known of; -1 for none. */
  get newest() {
    let newest = -1;
    for (const channel of this.stored) for (const ranges of Object.values(channel)) for (const [, last] of ranges) newest = Math.max(newest, last);
    for (const volume of this.#volumes.values()) newest = Math.max(newest, volume.header?.t ?? -1, volume.ahead?.header.t ?? -1);
    return newest;
  }

  /** The stored time point before or after one; null when there is none. @param {1|-1} direction */
  neighbour(t, direction) {
    let nearest = null;
    for (const channel of this.stored) for (const ranges of [channel.raw, channel.restored]) for (const [first, last] of ranges ?? []) {
      const candidate = direction > 0 ? (last > t ? Math.max(first, t + 1) : null) : (first < t ? Math.min(last, t - 1) : null);
      if (candidate !== null && (nearest === null || (candidate - nearest) * direction < 0)) nearest = candidate;
    }
    return nearest;
  }

  /** Uploads all pixels again, after the context was lost. */
  restore() {
    for (const volume of this.#volumes.values()) volume.restore();
  }
}
