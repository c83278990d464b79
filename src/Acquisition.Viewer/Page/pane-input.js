import { SLICES } from './geometry.js';

const CLICK_PX = 4, WHEEL_PX_A_PLANE = 60, TURN_RADIANS_A_PX = 0.008, ZOOM_A_PX = 0.0022;

/**
 * Mouse, pen and touch on a pane: drag pans or turns, wheel moves through planes, Ctrl + wheel and pinch zoom, a click sets the crosshair.
 * @param {Pane} pane
 * @param {Navigation} navigation
 * @param {{frameOf: function(Pane): SliceFrame|null, onUse: function(Pane), onHover: function(object|null)}} to
 * frameOf is null while there is no scan; onHover is told the restored voxel under the pointer.
 */
export function takeInput(pane, navigation, { frameOf, onUse, onHover }) {
  const pointers = new Map();
  let moved = 0, wheel = 0, isAiming = false;
  const position = event => {
    const box = pane.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const voxelAt = ({ x, y }) => {
    const voxel = frameOf(pane)?.voxelAt(x * pane.pixelRatio, y * pane.pixelRatio);
    return voxel && { ...navigation.crosshair, ...voxel };
  };
  const zoom = (factor, at) => {
    if (!pane.isSlice) navigation.zoom3dBy(factor);
    else navigation.zoomBy(factor, frameOf(pane)?.umAt(at.x * pane.pixelRatio, at.y * pane.pixelRatio));
  };

  pane.element.addEventListener('pointerdown', event => {
    if (event.target.closest('.handle')) return;
    pane.element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, position(event));
    if (pointers.size === 1) {
      moved = 0;
      isAiming = event.button === 2 && pane.isSlice;
      if (isAiming) navigation.goTo(voxelAt(position(event)) ?? {});
    }
    onUse(pane);
  });
  pane.element.addEventListener('pointermove', event => {
    const now = position(event), before = pointers.get(event.pointerId);
    if (pane.isSlice) onHover(voxelAt(now) ?? null);
    if (!before) return;
    pointers.set(event.pointerId, now);
    const dx = now.x - before.x, dy = now.y - before.y;
    moved += Math.abs(dx) + Math.abs(dy);
    if (pointers.size === 2) {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      const distance = at => Math.hypot(at.x - other.x, at.y - other.y);
      zoom(distance(now) / Math.max(distance(before), 1), { x: (before.x + other.x) / 2, y: (before.y + other.y) / 2 });
      // What lies between the fingers stays between them.
      if (pane.isSlice) drag(pane, navigation, frameOf, dx / 2, dy / 2);
    } else if (isAiming) {
      navigation.goTo(voxelAt(now) ?? {});
    } else if (moved > CLICK_PX) {
      drag(pane, navigation, frameOf, dx, dy);
    }
  });
  const lift = event => {
    const at = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (event.type === 'pointerup' && at && moved <= CLICK_PX && pointers.size === 0 && pane.isSlice && event.button === 0)
      navigation.goTo(voxelAt(at) ?? {});
  };
  pane.element.addEventListener('pointerup', lift);
  pane.element.addEventListener('pointercancel', lift);
  pane.element.addEventListener('pointerleave', () => onHover(null));
  pane.element.addEventListener('contextmenu', event => event.preventDefault());
  pane.element.addEventListener('dblclick', () => pane.isSlice ? navigation.fit() : navigation.resetSpin());
  pane.element.addEventListener('focus', () => onUse(pane));
  pane.element.addEventListener('wheel', event => {
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1);
    if (event.ctrlKey || !pane.isSlice) return zoom(Math.exp(-px * (event.ctrlKey && Math.abs(px) < 40 ? 5 : 1) * ZOOM_A_PX), position(event));
    onUse(pane);
    wheel += px;
    const planes = Math.trunc(wheel / WHEEL_PX_A_PLANE);
    wheel -= planes * WHEEL_PX_A_PLANE;
    if (planes !== 0) navigation.step(SLICES[pane.view].normal, planes);
  }, { passive: false });
}

/** Pans a slice or turns the 3D view by screen pixels. */
export function drag(pane, navigation, frameOf, dx, dy) {
  if (!pane.isSlice) return navigation.turnBy(-dx * TURN_RADIANS_A_PX, dy * TURN_RADIANS_A_PX);
  const pxPerUm = (frameOf(pane)?.pixelsPerUm ?? 0) / pane.pixelRatio;
  if (pxPerUm > 0) navigation.panBy(pane.view, dx / pxPerUm, dy / pxPerUm);
}
