import { COLOUR_MAPS, colourOf } from './colour-maps.js';
import { Histogram } from './histogram.js';
import { value } from './words.js';

const COUNT_EVERY_MS = 250;

const element = id => document.getElementById(id);

/** The controls of contrast and channels. */
export class ContrastPanel {
  #contrast;
  #store;
  #histogram;
  #frame = 0;
  #timer = 0;
  #isStale = false;
  #counted = -1;

  constructor(contrast, store) {
    this.#contrast = contrast;
    this.#store = store;
    this.#histogram = new Histogram(element('histogram'), (end, at) => this.#setLimit(end, at));
    for (const map of COLOUR_MAPS) element('colours').append(new Option(map));
    for (const [id, end] of [['low', 'low'], ['high', 'high']]) element(id).addEventListener('change', event => this.#setLimit(end, event.target.valueAsNumber));
    element('auto').addEventListener('click', () => this.auto());
    element('gamma').addEventListener('input', event => contrast.set(contrast.chosen, { gamma: 4 ** event.target.valueAsNumber }));
    element('colours').addEventListener('change', event => contrast.set(contrast.chosen, { map: event.target.value }));
    element('linked').addEventListener('change', event => contrast.setLinked(event.target.checked));
    element('kind').addEventListener('change', () => this.#drawLater());
    contrast.addEventListener('change', () => this.#drawLater());
    store.addEventListener('pixels', () => {
      this.#isStale = true;
      this.#timer ||= setTimeout(() => {
        this.#timer = 0;
        this.#drawLater();
      }, COUNT_EVERY_MS);
    });
    new ResizeObserver(() => this.#drawLater()).observe(element('histogram'));
  }

  /** Which limits are edited. @returns {'raw'|'restored'} */
  get kind() {
    return this.#contrast.isLinked ? 'restored' : element('kind').value;
  }

  auto() {
    const c = this.#contrast.chosen;
    if (this.#contrast.channels[c]) this.#contrast.auto(c, this.#store.volume('raw', c), this.#store.volume('restored', c));
  }

  nextColours() {
    const { chosen, channels } = this.#contrast;
    if (channels[chosen]) this.#contrast.set(chosen, { map: COLOUR_MAPS[(COLOUR_MAPS.indexOf(channels[chosen].map) + 1) % COLOUR_MAPS.length] });
  }

  /** Moves one limit by a twentieth of their distance. @param {'low'|'high'} end @param {1|-1} direction */
  nudge(end, direction) {
    const limits = this.#limits;
    if (limits) this.#setLimit(end, limits[end] + direction * 0.05 * (limits.high - limits.low));
  }

  get #limits() {
    return this.#contrast.channels[this.#contrast.chosen]?.[this.kind];
  }

  #setLimit(end, at) {
    const limits = this.#limits;
    if (!limits || !Number.isFinite(at)) return;
    const { low, high } = { ...limits, [end]: at };
    // The limit that is moved stops at the other one.
    if (low < high) this.#contrast.setLimits(this.kind, this.#contrast.chosen, low, high);
  }

  #drawLater() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#frame = 0;
    const { chosen, channels, isLinked } = this.#contrast, channel = channels[chosen];
    this.#drawChannels();
    if (!channel) return;
    if (this.#isStale || this.#counted !== chosen) {
      this.#histogram.count({ raw: this.#store.volume('raw', chosen), restored: this.#store.volume('restored', chosen) });
      this.#isStale = false;
      this.#counted = chosen;
    }
    const limits = channel[this.kind];
    this.#histogram.draw(limits, channel.gamma, isLinked ? 'both' : this.kind);
    for (const end of ['low', 'high']) if (document.activeElement !== element(end)) element(end).value = value(limits[end]);
    element('gamma').value = Math.log(channel.gamma) / Math.log(4);
    element('gamma-value').textContent = channel.gamma.toFixed(2);
    element('colours').value = channel.map;
    element('linked').checked = isLinked;
    element('edited-kind').hidden = isLinked;
  }

  #drawChannels() {
    const { channels, chosen } = this.#contrast, list = element('channels');
    if (list.childElementCount !== channels.length) list.replaceChildren(...channels.map((_, c) => this.#channelRow(c)));
    list.hidden = channels.length < 2;
    channels.forEach(({ name, isVisible, map }, c) => {
      const row = list.children[c], [box, button, swatch] = row.children;
      row.dataset.chosen = c === chosen;
      box.checked = isVisible;
      box.setAttribute('aria-label', `Show channel ${name}`);
      button.textContent = name;
      button.setAttribute('aria-pressed', c === chosen);
      swatch.style.background = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map(share => `rgb(${colourOf(map, share)})`).join()})`;
    });
  }

  #channelRow(c) {
    const row = document.createElement('label'), box = document.createElement('input'), name = document.createElement('button'), swatch = document.createElement('span');
    box.type = 'checkbox';
    name.className = 'name';
    swatch.className = 'swatch';
    box.addEventListener('change', () => this.#contrast.set(c, { isVisible: box.checked }));
    name.addEventListener('click', event => {
      event.preventDefault();
      this.#contrast.choose(c);
    });
    row.append(box, name, swatch);
    return row;
  }
}
