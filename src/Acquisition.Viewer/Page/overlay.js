import { AXES, point } from './geometry.js';
import { length, roundLength } from './words.js';

const LINE = '#ffffff70', INK = '#ffffffd8', FRONTIER = '#e0a458';

/** Crosshair, axes, scale bar and, where a volume is just coming, how far it has come. */
export function drawSliceOverlay(pane, frame, { crosshair, isCrosshairShown }, comingFrom) {
  const to = begin(pane), ratio = pane.pixelRatio, { width, height } = pane.overlay;
  if (isCrosshairShown) {
    const at = frame.pixelOf(crosshair), gap = 7 * ratio;
    stroke(to, LINE, ratio, [[0, at.y, at.x - gap, at.y], [at.x + gap, at.y, width, at.y], [at.x, 0, at.x, at.y - gap], [at.x, at.y + gap, at.x, height]]);
  }
  if (comingFrom !== null && frame.normal !== 'z') {
    const um = comingFrom * frame.grid.voxelUm.z * frame.pixelsPerUm;
    to.setLineDash([4 * ratio, 3 * ratio]);
    stroke(to, FRONTIER, ratio, [frame.across === 'z'
      ? [frame.left + um, frame.top, frame.left + um, frame.top + frame.height]
      : [frame.left, frame.top + um, frame.left + frame.width, frame.top + um]]);
    to.setLineDash([]);
  }
  drawAxes(to, pane, frame);
  drawScaleBar(to, pane, frame.pixelsPerUm);
}

/** The volume's box, its axes, where the slices cross it, and the scale bar. */
export function drawVolumeOverlay(pane, frame, { crosshair, isCrosshairShown, grid }) {
  const to = begin(pane), ratio = pane.pixelRatio, { extentUm } = grid;
  const corner = (z, y, x) => frame.pixelOf({ z: z * extentUm.z, y: y * extentUm.y, x: x * extentUm.x });
  const edges = [];
  for (const axis of AXES) {
    const [a, b] = AXES.filter(other => other !== axis);
    for (const i of [0, 1]) for (const j of [0, 1]) edges.push([{ [axis]: 0, [a]: i, [b]: j }, { [axis]: 1, [a]: i, [b]: j }]);
  }
  const line = (from, until) => [from.x, from.y, until.x, until.y];
  stroke(to, '#ffffff38', ratio, edges.map(ends => line(...ends.map(({ z, y, x }) => corner(z, y, x)))));
  if (isCrosshairShown) {
    const at = point(axis => (crosshair[axis] + 0.5) * grid.voxelUm[axis]);
    stroke(to, '#ffffff58', ratio, AXES.map(axis => line(frame.pixelOf({ ...at, [axis]: 0 }), frame.pixelOf({ ...at, [axis]: extentUm[axis] }))));
  }
  to.textAlign = 'center';
  to.textBaseline = 'middle';
  const origin = corner(0, 0, 0);
  for (const axis of AXES) {
    const end = corner(axis === 'z' ? 1 : 0, axis === 'y' ? 1 : 0, axis === 'x' ? 1 : 0);
    const far = Math.hypot(end.x - origin.x, end.y - origin.y);
    if (far > 12 * ratio) write(to, axis, end.x + (end.x - origin.x) / far * 9 * ratio, end.y + (end.y - origin.y) / far * 9 * ratio);
  }
  drawScaleBar(to, pane, frame.pixelsPerUm);
}

function begin(pane) {
  const to = pane.overlay.getContext('2d');
  to.clearRect(0, 0, pane.overlay.width, pane.overlay.height);
  // Words grow with the picture, for those who stand before a wall.
  const least = innerWidth < 2200 ? 11 : 14; // as in viewer.css
  to.font = `${Math.min(Math.max(least * pane.pixelRatio, pane.overlay.width / 48), 20 * pane.pixelRatio)}px system-ui, sans-serif`;
  to.textAlign = 'left';
  to.textBaseline = 'alphabetic';
  return to;
}

function drawAxes(to, pane, { across, down }) {
  const ratio = pane.pixelRatio, x = 9 * ratio, y = pane.overlay.height - 26 * ratio, long = 15 * ratio;
  stroke(to, INK, ratio, [[x, y, x + long, y], [x + long, y, x + long - 3 * ratio, y - 3 * ratio], [x + long, y, x + long - 3 * ratio, y + 3 * ratio],
    [x, y, x, y + long], [x, y + long, x - 3 * ratio, y + long - 3 * ratio], [x, y + long, x + 3 * ratio, y + long - 3 * ratio]]);
  write(to, across, x + long + 4 * ratio, y + 3 * ratio);
  write(to, down, x + 6 * ratio, y + long + 2 * ratio);
}

function drawScaleBar(to, pane, pixelsPerUm) {
  const ratio = pane.pixelRatio, { width, height } = pane.overlay;
  const um = roundLength(0.3 * width / pixelsPerUm), long = um * pixelsPerUm, right = width - 9 * ratio, y = height - 9 * ratio;
  to.fillStyle = '#000000a0';
  to.fillRect(right - long - ratio, y - ratio, long + 2 * ratio, 5 * ratio);
  to.fillStyle = '#fff';
  to.fillRect(right - long, y, long, 3 * ratio);
  to.textAlign = 'right';
  to.textBaseline = 'alphabetic';
  write(to, length(um), right, y - 5 * ratio);
}

function write(to, text, x, y) {
  to.lineWidth = 3;
  to.strokeStyle = '#000000c0';
  to.strokeText(text, x, y);
  to.fillStyle = INK;
  to.fillText(text, x, y);
}

function stroke(to, colour, width, lines) {
  to.strokeStyle = colour;
  to.lineWidth = width;
  to.beginPath();
  for (const [x0, y0, x1, y1] of lines) {
    to.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    to.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  }
  to.stroke();
}
