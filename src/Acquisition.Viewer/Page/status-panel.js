import { drawTuning } from './tuning-chart.js';
import { bytes, count, decibels, duration, method, plain } from './words.js';

const STATES = { waiting: 'Waiting for a scan', scanning: 'Scanning', tuning: 'Scanning, tuning', live: 'Live', draining: 'Scan over, restoring the rest', finished: 'Finished' };

const element = id => document.getElementById(id);

/** How the run goes, in words and bars, and the two buttons that change it. */
export class StatusPanel {
  #store;
  #connection;

  constructor(store, connection) {
    this.#store = store;
    this.#connection = connection;
    store.addEventListener('status', () => this.draw());
    store.addEventListener('scan', () => this.#drawScan());
    connection.addEventListener('change', () => this.#drawConnection());
    element('stop').addEventListener('click', () => element('stop-dialog').showModal());
    element('stop-no').addEventListener('click', () => element('stop-dialog').close());
    element('stop-yes').addEventListener('click', () => {
      element('stop-dialog').close();
      connection.ask('stop');
    });
    element('retune').addEventListener('click', () => connection.ask('retune'));
    new ResizeObserver(() => this.draw()).observe(element('tuning-chart'));
  }

  /** Shows how the program answered a button. */
  answer({ action, accepted, reason }) {
    const text = reason || (accepted ? 'done' : 'refused');
    element('answer').textContent = `${action === 'stop' ? 'Stop' : 'Retune'}: ${text}`;
    element('answer').hidden = false;
  }

  draw() {
    const { status } = this.#store;
    if (!status) return;
    say('state', (STATES[status.state] ?? plain(status.state)) + (status.outcome && status.outcome !== 'completed' ? `: ${plain(status.outcome)}` : ''));
    element('elapsed').textContent = status.elapsed_s > 0 ? duration(status.elapsed_s) : '';
    say('reason', status.reason);
    say('advice', status.advice);
    say('alert', status.alert);
    const isOver = status.state === 'finished', isOperator = this.#store.scan?.operator ?? false;
    for (const id of ['stop', 'retune']) element(id).hidden = !isOperator || isOver;
    element('stop').disabled = !this.#connection.isConnected || !['scanning', 'tuning', 'live'].includes(status.state);
    element('retune').disabled = !this.#connection.isConnected;
    this.#drawFigures(status);
    this.#drawQueues(status.queues ?? []);
    this.#drawTuning(status);
  }

  #drawFigures({ frames, volumes, refused_clients: refused, lag_s: lag, frames_per_second: rate, free_bytes: free, disk_time_left_s: left, state }) {
    const figures = [
      ['frames', `${count(frames.received)}${state === 'finished' ? '' : ` · ${rate.toFixed(rate < 9.95 ? 1 : 0)}/s`}`],
      ['volumes', `${count(volumes.assembled)} raw`],
      ['restored', `${count(volumes.restored)}${volumes.pending > 0 ? ` · ${count(volumes.pending)} wait` : ''}`],
    ];
    if (volumes.previews > 0) figures.push(['previews', count(volumes.previews)]);
    if (volumes.incomplete > 0) figures.push(['with planes missing', count(volumes.incomplete), true]);
    figures.push(['lag', duration(lag)]);
    if (free !== null && free !== undefined) figures.push(['disk free', `${bytes(free)}${left ? ` · ${duration(left)} at this rate` : ''}`, left !== null && left < 3600]);
    if (refused > 0) figures.push(['connections refused, no key', count(refused), true]);
    for (const [reason, number] of Object.entries(frames.refused ?? {})) figures.push([`refused, ${plain(reason)}`, count(number), true]);
    for (const [reason, number] of Object.entries(frames.refused_messages ?? {})) figures.push([`messages refused, ${plain(reason)}`, count(number), true]);
    for (const [key, words] of [['lost_messages', 'messages lost'], ['repeated_messages', 'messages repeated'], ['disordered_messages', 'messages out of order']])
      if (frames[key] > 0) figures.push([words, count(frames[key]), true]);
    for (const [reason, number] of Object.entries(volumes.skipped ?? {})) figures.push([`not restored, ${plain(reason)}`, count(number), true]);
    element('figures').replaceChildren(...figures.flatMap(([name, text, isGrave]) => {
      const term = document.createElement('dt'), detail = document.createElement('dd');
      [term.textContent, detail.textContent, detail.dataset.grave] = [name, text, isGrave ?? false];
      return [term, detail];
    }));
  }

  #drawQueues(queues) {
    const list = element('queues');
    element('queues-section').hidden = queues.length === 0;
    while (list.childElementCount < queues.length) list.append(queueRow());
    while (list.childElementCount > queues.length) list.lastElementChild.remove();
    queues.forEach((queue, i) => {
      const row = list.children[i], [name, bar, amount, note] = row.children, percent = Math.min(100, 100 * queue.depth_bytes / queue.budget_bytes);
      row.dataset.alarm = queue.alarm;
      name.textContent = queue.name;
      bar.firstElementChild.style.width = `${percent}%`;
      bar.setAttribute('aria-label', `${queue.name}: ${Math.round(percent)} % of ${bytes(queue.budget_bytes)}, ${plain(queue.alarm)}`);
      amount.textContent = bytes(queue.depth_bytes);
      row.title = `${queue.depth} waiting, at most ${bytes(queue.high_water_bytes)} of ${bytes(queue.budget_bytes)}; when full: ${plain(queue.policy)}`;
      note.textContent = queue.dropped > 0 ? `${count(queue.dropped)} given up` : '';
      note.hidden = queue.dropped === 0;
    });
  }

  #drawTuning({ tuning, tuning_curve: curve, models }) {
    const channel = tuning?.channel ?? curve?.at(-1)?.channel, points = (curve ?? []).filter(point => point.channel === channel);
    element('tuning-section').hidden = points.length === 0 && (models ?? []).length === 0;
    element('tuning-chart').hidden = points.length === 0;
    // A channel that is tuned again begins at step 0 again.
    const again = points.findLastIndex((point, i) => i > 0 && point.step < points[i - 1].step);
    if (points.length > 0) drawTuning(element('tuning-chart'), points.slice(Math.max(again, 0)));
    const named = c => (this.#store.plan?.channels.length ?? 1) > 1 ? `${this.#store.plan.channels[c]}: ` : '';
    element('tuning-text').textContent = tuning
      ? `${named(tuning.channel)}step ${tuning.step} of ${tuning.steps}${tuning.stages > 1 ? `, stage ${tuning.stage + 1} of ${tuning.stages}` : ''} · `
        + `held-out ${decibels(tuning.held_out_db)} against ${decibels(tuning.projected_db)} · ${duration(tuning.remaining_s)} left`
      : '';
    element('models').replaceChildren(...(models ?? []).map(model => {
      const item = document.createElement('li');
      item.textContent = `${named(model.channel)}${method(model.method)}${model.model_sha256 ? ` ${model.model_sha256.slice(0, 8)}` : ''}`
        + `${model.from_time_point > 0 ? ` from t ${model.from_time_point} on` : ''}${model.held_out_db ? ` · ${decibels(model.held_out_db)}` : ''}`;
      item.title = model.reason;
      return item;
    }));
  }

  #drawScan() {
    const { plan, folder, live } = this.#store.scan;
    element('scan-name').textContent = `${plan.stream} · ${folder.split(/[\\/]/).at(-1)}`;
    element('scan-name').title = folder;
    document.title = `${plan.stream} – Acquisition`;
    document.body.dataset.live = live;
    this.draw();
  }

  #drawConnection() {
    const { isConnected, retryMs } = this.#connection, at = element('connection');
    at.dataset.state = isConnected ? 'connected' : 'lost';
    const isOver = this.#store.status?.state === 'finished';
    at.textContent = isConnected ? 'connected' : isOver ? 'the program has ended' : retryMs > 0 ? 'no connection, trying again …' : 'connecting …';
    this.draw();
  }
}

function say(id, text) {
  if (element(id).textContent !== (text ?? '')) element(id).textContent = text ?? '';
  element(id).hidden = !text;
}

function queueRow() {
  const row = document.createElement('div'), [name, bar, amount, note] = ['span', 'div', 'span', 'span'].map(tag => document.createElement(tag));
  row.className = 'queue';
  bar.className = 'bar';
  bar.setAttribute('role', 'img');
  bar.append(document.createElement('i'), document.createElement('b'), document.createElement('b'));
  amount.className = 'amount';
  note.className = 'note';
  row.append(name, bar, amount, note);
  return row;
}
