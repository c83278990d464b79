/** The views of each side, in the order in which they stand. */
export const VIEWS = ['xy', 'yz', 'xz', '3d'];

const MOST_PIXELS_PER_PX = 2;

/** One picture on the page: a canvas for pixels, one above it for lines and words, a tag and a message for when there is nothing. */
export class Pane {
  /**
   * @param {HTMLElement} parent
   * @param {'raw'|'restored'} kind
   * @param {string} view One of VIEWS.
   * @param {() => void} onResize
   */
  constructor(parent, kind, view, onResize) {
    this.kind = kind;
    this.view = view;
    this.element = add(parent, 'div', 'pane');
    this.element.dataset.view = view;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'img');
    this.element.setAttribute('aria-label', `${kind} ${view === '3d' ? '3D view' : `${view} slice`}`);
    this.canvas = add(this.element, 'canvas', 'picture');
    this.canvas.id = `${kind}-${view}`;
    this.overlay = add(this.element, 'canvas', 'overlay');
    this.#tag = add(this.element, 'p', 'tag');
    this.#empty = add(this.element, 'p', 'empty');
    new ResizeObserver(([{ contentRect: { width, height } }]) => {
      this.pixelRatio = Math.min(devicePixelRatio, MOST_PIXELS_PER_PX);
      for (const canvas of [this.canvas, this.overlay]) {
        canvas.width = Math.round(width * this.pixelRatio);
        canvas.height = Math.round(height * this.pixelRatio);
      }
      onResize();
    }).observe(this.element);
  }

  #tag;
  #empty;
  pixelRatio = 1;

  get id() {
    return this.canvas.id;
  }

  get isSlice() {
    return this.view !== '3d';
  }

  get isVisible() {
    // The observer tells of a pane that is hidden as of one without extent.
    return this.canvas.width > 1 && this.canvas.height > 1;
  }

  /** Says what is shown. @param {string} mark 'preview', 'predicted' or 'waiting' stand out. */
  setTag(text, mark = '') {
    if (this.#tag.textContent !== text) this.#tag.textContent = text;
    this.#tag.dataset.mark = mark;
  }

  get tag() {
    return this.#tag.textContent;
  }

  /** Says why there is no picture; empty when there is one. */
  setEmpty(text) {
    if (this.#empty.textContent !== text) this.#empty.textContent = text;
    this.#empty.hidden = text === '';
  }

  /** Dims a picture that is not the one asked for. */
  setStale(isStale) {
    this.element.dataset.stale = isStale;
  }

  clear() {
    for (const canvas of [this.canvas, this.overlay]) canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
  }
}

function add(parent, name, className) {
  const element = document.createElement(name);
  element.className = className;
  parent.append(element);
  return element;
}
