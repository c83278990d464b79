const INKS = { raw: '#e0a458', restored: '#6cb2ff' };
const PLAY_PAUSE_MS = 150;

const element = id => document.getElementById(id);

/** Follows the newest volume, or shows a stored one that is chosen or played to. */
export class TimeBar extends EventTarget {
  #store;
  #timer = 0;

  /** Event: 'change'. */
  constructor(store) {
    super();
    this.#store = store;
    /** The time point to show; null to follow the newest. */
    this.t = null;
    element('time-point').addEventListener('input', event => this.show(event.target.valueAsNumber));
    element('follow').addEventListener('click', () => this.follow());
    element('play').addEventListener('click', () => this.togglePlay());
    for (const name of ['scan', 'volumes', 'pixels']) store.addEventListener(name, () => this.draw());
    new ResizeObserver(() => this.draw()).observe(element('stored'));
  }

  get isPlaying() {
    return this.#timer !== 0;
  }

  follow() {
    this.#pause();
    this.#set(null);
  }

  /** @param {number} t A time point; the slider stays where a person put it even if nothing is stored there. */
  show(t) {
    this.#pause();
    this.#set(t);
  }

  /** The stored one before or after. @param {1|-1} direction */
  step(direction) {
    const t = this.#store.neighbour(this.t ?? this.#store.newest, direction);
    if (t !== null) this.show(t);
  }

  first() {
    const t = this.#store.neighbour(-1, 1);
    if (t !== null) this.show(t);
  }

  togglePlay() {
    if (this.isPlaying) return this.#pause();
    const t = this.t === null || this.#store.neighbour(this.t, 1) === null ? this.#store.neighbour(-1, 1) : this.t;
    if (t === null) return;
    this.#set(t);
    this.#timer = setTimeout(() => this.#playOn(), PLAY_PAUSE_MS);
    this.draw();
  }

  /** Whether everything that is shown has arrived, so that playing may go on. Set by whoever draws. */
  isShown = () => true;

  draw() {
    const { plan, newest, stored } = this.#store, last = Math.max((plan?.time_points ?? 0) - 1, newest, 0), slider = element('time-point');
    slider.max = last;
    slider.value = this.t ?? Math.max(newest, 0);
    slider.disabled = newest < 0;
    slider.setAttribute('aria-valuetext', `time point ${slider.value} of ${last}`);
    element('follow').setAttribute('aria-pressed', this.t === null);
    element('play').setAttribute('aria-pressed', this.isPlaying);
    element('play').textContent = this.isPlaying ? 'Pause' : 'Play';
    element('time-text').textContent = newest < 0 ? '' : `t ${slider.value} of ${plan?.time_points ? last : `${newest} so far`}`;
    this.#drawStored(stored, last);
  }

  #drawStored(stored, last) {
    const canvas = element('stored'), ratio = devicePixelRatio, width = canvas.width = canvas.clientWidth * ratio, height = canvas.height = canvas.clientHeight * ratio;
    const to = canvas.getContext('2d'), thumb = 9 * ratio;
    const x = t => thumb / 2 + (last === 0 ? 0.5 : t / last) * (width - thumb), half = Math.max(last === 0 ? 0 : (width - thumb) / last / 2, ratio);
    to.fillStyle = '#14181d';
    to.fillRect(0, 5 * ratio, width, height - 10 * ratio);
    ['raw', 'restored'].forEach((kind, row) => {
      to.fillStyle = INKS[kind];
      for (const channel of stored)
        for (const [from, until] of channel[kind] ?? []) to.fillRect(x(from) - half, (7 + row * 7) * ratio, x(until) - x(from) + 2 * half, 5 * ratio);
    });
  }

  #playOn() {
    if (this.isShown()) {
      const t = this.#store.neighbour(this.t, 1);
      if (t === null) return this.#pause();
      this.#set(t);
    }
    this.#timer = setTimeout(() => this.#playOn(), PLAY_PAUSE_MS);
  }

  #pause() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.draw();
  }

  #set(t) {
    if (t !== this.t) {
      this.t = t;
      this.dispatchEvent(new Event('change'));
    }
    this.draw();
  }
}
