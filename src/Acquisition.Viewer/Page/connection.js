import { readMessage } from './message.js';

const FIRST_PAUSE_MS = 250, LONGEST_PAUSE_MS = 5000, CROSS_EVERY_MS = 60, LONGEST_REST_MS = 2000;

/** The WebSocket to the program. Connects again by itself after growing pauses, and says again what the page looks at. */
export class Connection extends EventTarget {
  #socket = null;
  #pauseMs = FIRST_PAUSE_MS;
  #look = null;
  #timer = 0;
  #request = 0;

  /** Events: 'change' (isConnected, retryMs), 'told' (detail: a JSON message), 'pixels' (detail: a binary message as readMessage gives it). */
  isConnected = false;

  /** How long until the next attempt, ms; 0 while connected or connecting. */
  retryMs = 0;

  open() {
    const address = new URL('live', location.href.replace(/^http/, 'ws'));
    address.search = address.hash = '';
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.retryMs = 0;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.isConnected = true;
      this.#pauseMs = FIRST_PAUSE_MS;
      if (this.#look) this.#send(this.#look);
      this.dispatchEvent(new Event('change'));
    };
    socket.onmessage = ({ data }) => typeof data === 'string'
      ? this.#emit('told', JSON.parse(data))
      : this.#emit('pixels', readMessage(data));
    socket.onclose = () => {
      this.isConnected = false;
      this.retryMs = this.#pauseMs;
      this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
      setTimeout(() => this.open(), this.retryMs);
      this.dispatchEvent(new Event('change'));
    };
  }

  /** Everything the page wants from now on; told again after each reconnection. @param {{z: number, y: number, x: number}} at Of the crosshair, in restored voxels. */
  look(views, budgetVoxels, at) {
    this.#look = { type: 'look', views, budget_voxels: budgetVoxels, at };
    this.#send(this.#look);
  }

  /** The crosshair moved. Told soon, and not each time while it moves. */
  cross(at) {
    if (!this.#look) return;
    this.#look.at = at;
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#send({ type: 'cross', at: this.#look.at });
    }, CROSS_EVERY_MS);
  }

  /** @param {number} restMs How long no volume is wanted that is only coming. */
  acknowledge(id, restMs) {
    this.#send({ type: 'ack', id, rest_ms: Math.min(restMs, LONGEST_REST_MS) });
  }

  /** Asks for the full-resolution planes through a point. @returns {number} The request's number; only the newest is answered. */
  askForSlices(kind, c, t, at) {
    this.#send({ type: 'slices', request: ++this.#request, kind, c, t, at });
    return this.#request;
  }

  /** @param {'stop'|'retune'} action */
  ask(action) {
    this.#send({ type: 'do', action });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
