import { COLOUR_MAPS } from './colour-maps.js';

const DARK_SHARE = 0.001, BRIGHT_SHARE = 0.999, SAMPLES = 65536;
const FIRST_MAPS = ['green', 'magenta', 'grey', 'fire', 'viridis'];

/** How values become colours: limits, gamma and colour map of each channel. Limits are set once from the first volume and then stay. */
export class Contrast extends EventTarget {
  /** Event: 'change'. */
  constructor() {
    super();
    this.channels = [];
    /** The channel that the controls act on. */
    this.chosen = 0;
    /** Whether raw and restored share their limits. */
    this.isLinked = true;
  }

  /** Begins anew for a scan. @param {string[]} names Of its channels. */
  begin(names) {
    this.channels = names.map((name, c) => ({
      name, isVisible: c < 4, gamma: 1, map: names.length === 1 ? 'grey' : FIRST_MAPS[c % FIRST_MAPS.length],
      raw: { low: 0, high: 1, isSet: false }, restored: { low: 0, high: 1, isSet: false },
    }));
    this.chosen = 0;
    this.#changed();
  }

  get visible() {
    return this.channels.flatMap((channel, c) => channel.isVisible ? [c] : []);
  }

  /** Row of the channel's map in the table of colours. */
  mapRow(c) {
    return COLOUR_MAPS.indexOf(this.channels[c].map);
  }

  /** Sets limits as a person wants them. @param {'raw'|'restored'} kind */
  setLimits(kind, c, low, high) {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    if (high <= low) high = low + 1e-6 * Math.max(1, Math.abs(low));
    for (const each of this.isLinked ? ['raw', 'restored'] : [kind]) this.channels[c][each] = { low, high, isSet: true };
    this.#changed();
  }

  /** Changes what else belongs to a channel: isVisible, gamma, map. */
  set(c, changes) {
    Object.assign(this.channels[c], changes);
    this.#changed();
  }

  choose(c) {
    this.chosen = c;
    this.#changed();
  }

  setLinked(isLinked) {
    this.isLinked = isLinked;
    if (isLinked) for (const channel of this.channels) channel.raw = { ...channel.restored };
    this.#changed();
  }

  /** Sets limits at the percentiles of what is shown now; those of restored where both are linked and it is there. */
  auto(c, raw, restored) {
    const shown = { raw, restored };
    for (const kind of ['raw', 'restored']) {
      const volume = this.isLinked ? restored ?? raw : shown[kind];
      if (volume?.samples ?? volume?.ahead) this.channels[c][kind] = { ...percentiles(volume), isSet: volume.isWhole };
    }
    this.#changed();
  }

  /** Sets limits from the first volume of a channel. Until one is whole, they follow its planes as they come. */
  note(volume) {
    const channel = this.channels[volume.c];
    if (!channel || volume.kind === 'uncertainty' || channel[volume.kind].isSet) return;
    const limits = { ...percentiles(volume), isSet: volume.isWhole };
    for (const kind of this.isLinked ? ['raw', 'restored'] : [volume.kind]) channel[kind] = { ...limits };
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** An evenly spaced sample of the finite values that have come, ascending. */
export function sampleOf(volume) {
  if (!volume.samples) return spread(volume.ahead.samples, volume.ahead.samples.length);
  const { shape, planes } = volume.header;
  // Of a volume that is just coming, only its own planes count, unless others were there before.
  const came = volume.timePointAt(volume.header.full.z - 1) === null ? planes[1] * shape.y * shape.x : shape.z * shape.y * shape.x;
  return spread(volume.samples, came);
}

function spread(samples, came) {
  // Odd, so that columns take turns.
  const stride = Math.max(1, Math.ceil(came / SAMPLES)) | 1, sample = new Float32Array(Math.ceil(came / stride));
  let count = 0;
  for (let i = 0; i < came; i += stride) if (Number.isFinite(samples[i])) sample[count++] = samples[i];
  return sample.subarray(0, count).sort();
}

function percentiles(volume) {
  const sample = sampleOf(volume);
  if (sample.length === 0) return { low: 0, high: 1 };
  const at = share => sample[Math.min(Math.floor(share * sample.length), sample.length - 1)];
  const low = at(DARK_SHARE), high = at(BRIGHT_SHARE);
  return { low, high: high > low ? high : low + 1 };
}
