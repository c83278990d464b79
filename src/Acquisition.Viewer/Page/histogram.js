import { sampleOf } from './contrast.js';

const BINS = 128, GRASP_PX = 12;
const INKS = { raw: '#e0a458', restored: '#6cb2ff' };

/** The histogram of one channel, raw and restored, with both limits to drag. Heights are logarithmic. */
export class Histogram {
  #canvas;
  #range = { low: 0, high: 1 };
  #shown = { low: 0, high: 1 };
  #counts = {};

  /** @param {(end: 'low'|'high', value: number) => void} onDrag */
  constructor(canvas, onDrag) {
    this.#canvas = canvas;
    let end = null, limits = null;
    const valueAt = event => {
      const box = canvas.getBoundingClientRect(), { low, high } = this.#shown;
      return low + Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * (high - low);
    };
    canvas.addEventListener('pointerdown', event => {
      limits = this.limits;
      if (!limits) return;
      canvas.setPointerCapture(event.pointerId);
      const at = valueAt(event);
      end = Math.abs(at - limits.low) < Math.abs(at - limits.high) ? 'low' : 'high';
      const grasp = (this.#shown.high - this.#shown.low) * GRASP_PX / canvas.clientWidth;
      if (limits.high - limits.low < grasp) end = at < (limits.low + limits.high) / 2 ? 'low' : 'high';
      onDrag(end, at);
    });
    canvas.addEventListener('pointermove', event => end && onDrag(end, valueAt(event)));
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => end = null);
  }

  /** Limits that are drawn; null before the first. */
  limits = null;

  /** Counts anew. @param {{raw: VolumeTexture|null, restored: VolumeTexture|null}} volumes Of one channel. */
  count(volumes) {
    const samples = Object.entries(volumes).flatMap(([kind, volume]) => volume?.samples ? [[kind, sampleOf(volume)]] : []).filter(([, s]) => s.length > 0);
    this.#counts = {};
    if (samples.length === 0) return;
    const low = Math.min(...samples.map(([, sample]) => sample[0]));
    const high = Math.max(...samples.map(([, sample]) => sample[Math.floor(0.9999 * (sample.length - 1))]), low + 1);
    this.#range = { low, high };
    for (const [kind, sample] of samples) {
      const bins = this.#counts[kind] = new Uint32Array(BINS);
      for (const value of sample) bins[Math.min(Math.floor((value - low) / (high - low) * BINS), BINS - 1)]++;
    }
  }

  /** Draws what was counted. @param {{low: number, high: number}} limits @param {string} kind Whose limits they are, or 'both'. */
  draw(limits, gamma, kind) {
    this.limits = limits;
    const canvas = this.#canvas, ratio = devicePixelRatio, width = canvas.width = canvas.clientWidth * ratio, height = canvas.height = canvas.clientHeight * ratio;
    const to = canvas.getContext('2d');
    // The limits stay in sight, wherever they are.
    const low = Math.min(this.#range.low, limits.low), high = Math.max(this.#range.high, limits.high), margin = 0.02 * (high - low);
    const shown = this.#shown = { low: low - margin, high: high + margin };
    const x = value => (value - shown.low) / (shown.high - shown.low) * width;
    const most = Math.log1p(Math.max(1, ...Object.values(this.#counts).flatMap(bins => [...bins])));
    for (const [name, bins] of Object.entries(this.#counts)) {
      to.beginPath();
      to.moveTo(x(this.#range.low), height);
      bins.forEach((count, i) => {
        const y = height - 2 - Math.log1p(count) / most * (height - 6 * ratio);
        to.lineTo(x(this.#range.low + i / BINS * (this.#range.high - this.#range.low)), y);
        to.lineTo(x(this.#range.low + (i + 1) / BINS * (this.#range.high - this.#range.low)), y);
      });
      to.lineTo(x(this.#range.high), height);
      to.fillStyle = INKS[name] + '38';
      to.fill();
      to.strokeStyle = INKS[name];
      to.lineWidth = ratio;
      to.stroke();
    }
    to.fillStyle = '#0b0d1099';
    to.fillRect(0, 0, x(limits.low), height);
    to.fillRect(x(limits.high), 0, width, height);
    to.strokeStyle = INKS[kind] ?? '#fff';
    to.lineWidth = 2 * ratio;
    to.beginPath();
    for (const at of [limits.low, limits.high]) {
      to.moveTo(x(at), 0);
      to.lineTo(x(at), height);
    }
    to.stroke();
    to.lineWidth = ratio;
    to.strokeStyle = '#ffffff80';
    to.beginPath();
    for (let i = 0; i <= 40; i++) to.lineTo(x(limits.low + i / 40 * (limits.high - limits.low)), height - (i / 40) ** gamma * height);
    to.stroke();
  }
}
