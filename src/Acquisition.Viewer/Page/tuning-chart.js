const INKS = { held: '#6cb2ff', projected: '#7fc8a9', cubic: '#8d97a5', loss: '#e0a458' };

/**
 * Draws how tuning goes: held-out PSNR against cubic and projected (left scale, dB), and the training loss (logarithmic, no scale of its own).
 * @param {{step: number, loss: number, held_out_db: ?number, cubic_db: ?number, projected_db: ?number}[]} points Of one channel, in order.
 */
export function drawTuning(canvas, points) {
  const ratio = devicePixelRatio, width = canvas.width = canvas.clientWidth * ratio, height = canvas.height = canvas.clientHeight * ratio;
  const to = canvas.getContext('2d');
  to.font = `${(innerWidth < 2200 ? 10 : 13) * ratio}px system-ui, sans-serif`;
  if (points.length === 0) return;
  const left = 34 * ratio, right = width - 6 * ratio, top = 18 * ratio, bottom = height - 14 * ratio;
  const first = points[0].step, last = Math.max(points.at(-1).step, first + 1), x = step => left + (step - first) / (last - first) * (right - left);
  const decibels = points.flatMap(p => [p.held_out_db, p.cubic_db, p.projected_db]).filter(Number.isFinite);
  const low = Math.min(...decibels) - 0.3, high = Math.max(...decibels) + 0.3, y = db => bottom - (db - low) / (high - low) * (bottom - top);

  to.fillStyle = to.strokeStyle = '#8d97a5';
  to.lineWidth = ratio;
  to.textAlign = 'right';
  to.textBaseline = 'middle';
  if (decibels.length > 0) {
    const tick = tickFor(high - low);
    for (let db = Math.ceil(low / tick) * tick; db <= high; db += tick) {
      to.globalAlpha = 0.25;
      line(to, [[left, y(db)], [right, y(db)]]);
      to.globalAlpha = 1;
      to.fillText(`${+db.toFixed(2)}`, left - 4 * ratio, y(db));
    }
  }
  to.textBaseline = 'alphabetic';
  to.fillText(`step ${last}`, right, height - 3 * ratio);
  to.textAlign = 'left';
  to.fillText('dB', 4 * ratio, 11 * ratio);

  const losses = points.map(p => p.loss).filter(loss => loss > 0).map(Math.log);
  const least = Math.min(...losses), most = Math.max(...losses, least + 0.1);
  to.strokeStyle = INKS.loss + 'a0';
  line(to, points.filter(p => p.loss > 0).map(p => [x(p.step), bottom - (Math.log(p.loss) - least) / (most - least) * (bottom - top)]));
  const last3 = [['projected', 'projected_db', [6, 3]], ['cubic', 'cubic_db', [2, 3]], ['held', 'held_out_db', []]];
  for (const [name, key, dash] of last3) {
    to.strokeStyle = INKS[name];
    to.lineWidth = (name === 'held' ? 2 : 1.3) * ratio;
    to.setLineDash(dash.map(px => px * ratio));
    const known = points.filter(p => Number.isFinite(p[key]));
    // References are levels: they hold from the beginning.
    line(to, name === 'held' ? known.map(p => [x(p.step), y(p[key])]) : known.length > 0 ? [[left, y(known.at(-1)[key])], [right, y(known.at(-1)[key])]] : []);
  }
  to.setLineDash([]);

  let at = 26 * ratio;
  for (const [name, text] of [['held', 'held-out'], ['projected', 'projected'], ['cubic', 'cubic'], ['loss', 'loss']]) {
    to.fillStyle = INKS[name];
    to.fillText(text, at, 11 * ratio);
    at += to.measureText(text).width + 9 * ratio;
  }
}

const tickFor = span => [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].find(tick => span / tick <= 5) ?? 50;

function line(to, points) {
  to.beginPath();
  for (const [x, y] of points) to.lineTo(x, y);
  to.stroke();
}
