const MOVING_MS = 50, COMING_MS = 90, RESTING_MS = 400, REST_AFTER_MS = 350;
const REDUCTIONS = [1, 1.5, 2, 3, 4];

/** Decides when what is drawn: only what changed, restored slices before raw ones and both before 3D, and 3D coarsely while something moves. */
export class Painter {
  #panes;
  #graphics;
  #draw;
  #slices = new Set();
  #volumes = new Map();
  #afterDraw = [];
  #msPerPixel = {};
  #frame = 0;
  #rest = 0;
  #isBusy = false;

  /**
   * @param {Pane[]} panes
   * @param {{slice: function(Pane): object|null, volume: function(Pane, number): object|null, overlay: function(Pane), rendering: function(): string}} draw
   * Pictures for Graphics.show, null for a pane with nothing to show.
   */
  constructor(panes, graphics, draw) {
    this.#panes = panes;
    this.#graphics = graphics;
    this.#draw = draw;
    /** What each pane shows, for tests and automation. */
    this.drawn = [];
    this.framesDrawn = 0;
  }

  /** Has panes drawn soon. @param {(pane: Pane) => boolean} which @param {boolean} isMoving Whether somebody turns or slides. */
  request(which, isMoving = false) {
    for (const pane of this.#panes) {
      if (!which(pane)) continue;
      if (pane.isSlice) this.#slices.add(pane);
      else this.#volumes.set(pane, isMoving ? MOVING_MS : COMING_MS);
    }
    this.#wake();
  }

  /** Calls back once the slices that are wanted now are drawn, with the time that took, ms. */
  afterDraw(callback) {
    this.#afterDraw.push(callback);
    this.#wake();
  }

  /** Whether nothing is left to draw, 3D that was drawn coarsely included. */
  get isAtRest() { return !this.#isBusy && this.#frame === 0 && this.#rest === 0; }

  /** Draws what is wanted at once, if nothing is being drawn. The frame that the browser shows next has it. */
  now() {
    if (this.#isBusy) return;
    cancelAnimationFrame(this.#frame);
    this.#paint();
  }

  #wake() {
    if (this.#frame === 0 && !this.#isBusy) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  // The next frame begins when this one is drawn, so that none waits behind another in the graphics card.
  async #paint() {
    this.#frame = 0;
    if (this.#graphics.gl.isContextLost()) return;
    this.#isBusy = true;
    const start = performance.now();
    try {
      await (this.#slices.size > 0 ? this.#paintSlices() : this.#paintVolume());
    } finally {
      this.#isBusy = false;
    }
    if (this.#slices.size === 0) for (const callback of this.#afterDraw.splice(0)) callback(performance.now() - start);
    if (this.#slices.size + this.#volumes.size > 0) this.#wake();
  }

  async #paintSlices() {
    // One side a frame, so that restored slices never wait for much.
    const all = [...this.#slices], side = all.some(pane => pane.kind === 'restored') ? 'restored' : 'raw', wanted = all.filter(pane => pane.kind === side);
    for (const pane of wanted) this.#slices.delete(pane);
    const panes = wanted.filter(pane => pane.isVisible);
    const pictures = panes.flatMap(pane => {
      const picture = this.#draw.slice(pane);
      return picture ? [{ ...picture, pane, canvas: pane.canvas, width: pane.canvas.width, height: pane.canvas.height }] : [];
    });
    for (const pane of panes) this.#draw.overlay(pane);
    await this.#show(pictures);
  }

  // One 3D view a frame, so that slices never wait for more than one.
  async #paintVolume() {
    const [entry] = this.#volumes;
    if (!entry) return;
    const [pane, budgetMs] = entry;
    this.#volumes.delete(pane);
    if (!pane.isVisible) return;
    const key = `${this.#draw.rendering()} ${pane.kind}`, { width, height } = pane.canvas;
    const reduction = this.#reductionFor(key, width * height, budgetMs), picture = this.#draw.volume(pane, reduction);
    this.#draw.overlay(pane);
    if (!picture) return;
    const size = { width: Math.ceil(width / reduction), height: Math.ceil(height / reduction) }, start = performance.now();
    await this.#show([{ ...picture, pane, canvas: pane.canvas, ...size }]);
    const msPerPixel = (performance.now() - start) / (size.width * size.height), before = this.#msPerPixel[key] ?? msPerPixel;
    this.#msPerPixel[key] = (before + msPerPixel) / 2;
    if (this.#reductionFor(key, width * height, RESTING_MS) < reduction) this.#sharpenLater();
  }

  #reductionFor(key, pixels, budgetMs) {
    const cost = this.#msPerPixel[key];
    if (cost === undefined) return 3;
    return REDUCTIONS.find(reduction => cost * pixels / reduction ** 2 <= budgetMs) ?? REDUCTIONS.at(-1);
  }

  #sharpenLater() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#rest = 0;
      for (const pane of this.#panes) if (!pane.isSlice && !this.#volumes.has(pane)) this.#volumes.set(pane, RESTING_MS);
      this.#wake();
    }, REST_AFTER_MS);
  }

  async #show(pictures) {
    if (pictures.length === 0) return;
    const shown = pictures.map(({ pane, layers }) => [pane, layers.map(({ kind, c, header }) => ({
      pane: pane.id, kind, c, t: header.t, planes: header.planes[1], id: header.id,
      finishedUnixMs: header.finished_unix_ms, sentUnixMs: header.sent_unix_ms, receivedUnixMs: header.receivedUnixMs,
    }))]);
    this.#graphics.show(pictures);
    await this.#graphics.finished();
    const drawnUnixMs = Date.now();
    for (const [pane, volumes] of shown) {
      this.drawn = this.drawn.filter(each => each.pane !== pane.id);
      this.drawn.push(...volumes.map(volume => ({ ...volume, drawnUnixMs })));
    }
    this.framesDrawn++;
  }
}
