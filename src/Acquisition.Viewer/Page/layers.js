import { Lattice, SLICES } from './geometry.js';

/** What a pane shows of each channel: the newest volume or, where they came ahead of it, the planes through the crosshair. */
export class Layers {
  #store;
  #contrast;
  #time;
  #navigation;

  constructor(store, contrast, time, navigation) {
    this.#store = store;
    this.#contrast = contrast;
    this.#time = time;
    this.#navigation = navigation;
  }

  /**
   * Of the channels that are shown, those that came.
   * @param {'raw'|'restored'} kind
   * @param {string} view One of VIEWS.
   * @returns {{volume: VolumeTexture, kind: string, c: number, header: object}[]} The header is that of the pixels shown.
   */
  of(kind, view) {
    if (!this.#store.plan) return [];
    const { t } = this.#time;
    return this.#contrast.visible.flatMap(c => {
      const layer = this.#layer(kind, view, c);
      // Of a time point that nobody has, nothing is shown; of one that is on its way, the picture before, dimmed.
      return layer && (t === null || layer.header.t === t || this.#store.isStored(kind, c, t)) ? [layer] : [];
    });
  }

  /** The map of the chosen channel's volume, or of the first that is shown. @param {object[]} layers Of restored volumes. */
  uncertaintyOf(layers, view) {
    const restored = layers.find(({ c }) => c === this.#contrast.chosen) ?? layers[0], map = restored ? this.#layer('uncertainty', view, restored.c) : null;
    return map?.header.t === restored?.header.t && map?.header.made?.uncertainty ? map : null;
  }

  /** The raw volume that is being received; null when there is none. */
  get coming() {
    return this.of('raw', '3d').find(({ header }) => !header.complete) ?? null;
  }

  /** The sample of a kind in whose reach a restored voxel lies. */
  sampleOf(kind, voxel) {
    return new Lattice(kind, this.#store.plan).sampleOf(voxel);
  }

  #layer(kind, view, c) {
    const volume = this.#store.volume(kind, c), normal = SLICES[view]?.normal;
    const plane = normal && volume?.planeAt(normal, this.sampleOf(kind, this.#navigation.crosshair)[normal]);
    const header = plane?.header ?? volume?.header;
    return header ? { volume, kind, c, header } : null;
  }
}
