// Numbers and names as people read them.

const METHODS = {
  'self-vision': 'Self-Vision',
  'cubic+back-projection': 'cubic with back-projection',
  'isonet-1': 'IsoNet-1',
  'isonet-2': 'IsoNet-2',
  'care-isotropic': 'CARE isotropic',
  'srcnn': 'SRCNN',
  'richardson-lucy': 'Richardson-Lucy',
  'cross-modality': 'cross-modality GAN',
  'dual-hrgan': '3D-dualHRGAN',
  'c2gan': 'c2GAN',
};

/** "0.8 s", "3 min", "5 h". @param {number|null} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) return '–';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 99.5) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${seconds < 36_000 ? (seconds / 3600).toFixed(1) : Math.round(seconds / 3600)} h`;
}

/** "1.5 GiB". */
export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (count >= 1024 && i < units.length - 1) [count, i] = [count / 1024, i + 1];
  return `${i === 0 || count >= 99.5 ? Math.round(count) : count.toFixed(1)} ${units[i]}`;
}

/** A count with thin spaces between thousands. */
export const count = number => String(number).replace(/\B(?=(\d{3})+$)/g, '\u2009');

export const decibels = db => db === null || db === undefined ? '–' : `${Number(db).toFixed(2)} dB`;

/** A sample's value: whole numbers as they are, others with four digits. */
export const value = number => number === undefined || number === null ? '–' : Number.isInteger(number) ? String(number) : number.toPrecision(4);

export const method = name => METHODS[name] ?? name;

/** snake_case and kebab-case as words. */
export const plain = name => name.replace(/[_-]/g, ' ');

/** How a restored volume was made, in one line. @param {object} made Its provenance. */
export function howMade(made) {
  const parts = [`${made.predicted ? 'PREDICTED by ' : ''}${method(made.method)}`];
  if (made.model_sha256) parts[0] += ` ${made.model_sha256.slice(0, 8)}`;
  if (made.tuned_on) parts[0] += ` tuned on t ${made.tuned_on.t}`;
  if (made.gauge) parts.push(`gauge ${Number(made.gauge.carries).toFixed(2)}`);
  if (made.predicted) parts.push(made.uncertainty ? `detail may be invented; coloured by ${made.uncertainty.method}` : 'detail may be invented');
  const missing = made.missing_planes?.length ?? 0;
  if (missing > 0) parts.push(`${missing} plane${missing === 1 ? '' : 's'} missing`);
  parts.push(`lag ${duration(made.lag_s)}`);
  if (made.note) parts.push(made.note);
  return parts.join(' · ');
}

/** The length of a scale bar: 1, 2 or 5 times a power of ten, at most so long. @param {number} longestUm */
export function roundLength(longestUm) {
  const power = 10 ** Math.floor(Math.log10(longestUm));
  return ([5, 2].find(step => step * power <= longestUm) ?? 1) * power;
}

/** "20 µm", "1 mm", "500 nm". */
export function length(um) {
  if (um >= 1000) return `${+(um / 1000).toPrecision(3)} mm`;
  return um < 1 ? `${+(um * 1000).toPrecision(3)} nm` : `${+um.toPrecision(3)} µm`;
}
