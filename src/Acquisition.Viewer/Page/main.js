import { Captions } from './captions.js';
import { COLOUR_MAPS, colourTable } from './colour-maps.js';
import { Connection } from './connection.js';
import { ContrastPanel } from './contrast-panel.js';
import { Contrast } from './contrast.js';
import { DataLinks } from './data-links.js';
import { FullSlices } from './full-slices.js';
import { Graphics } from './graphics.js';
import { takeKeys } from './keys.js';
import { Layers } from './layers.js';
import { Navigation } from './navigation.js';
import { drawSliceOverlay, drawVolumeOverlay } from './overlay.js';
import { Painter } from './painter.js';
import { drag, takeInput } from './pane-input.js';
import { Pane, VIEWS } from './pane.js';
import { Lattice, SLICES } from './geometry.js';
import { SlicePlanes } from './slice-plane.js';
import { SliceFrame, SliceView, fittingScale } from './slice-view.js';
import { saveSnapshot } from './snapshot.js';
import { StatusPanel } from './status-panel.js';
import { Store } from './store.js';
import { TimeBar } from './time-bar.js';
import { VolumeFrame, VolumeView } from './volume-view.js';
import { length, value } from './words.js';

const BUDGET_VOXELS = 8_388_608;
const SIDES = ['raw', 'restored'];
const DRAG_A_KEY_PX = 24;
const COMING_EVERY_MS = 500, REST_SHARE = 3;

const element = id => document.getElementById(id);
const isSlice = pane => pane.isSlice, isVolume = pane => !pane.isSlice, isAny = () => true;

function start() {
  const graphics = new Graphics(), { gl } = graphics;
  const connection = new Connection(), store = new Store(gl), contrast = new Contrast(), navigation = new Navigation();
  const time = new TimeBar(store), contrastPanel = new ContrastPanel(contrast, store), status = new StatusPanel(store, connection);
  const layers = new Layers(store, contrast, time, navigation), planes = new SlicePlanes(graphics), fullSlices = new FullSlices(connection, store, layers);
  const shown = { rendering: 'mip', interpolation: 'cubic', isUncertaintyShown: false, layout: 'pair', view: 'all' };
  let sliceView, volumeView, pointed = null, used, lastComing = 0;

  const panes = SIDES.flatMap(kind => {
    const side = element(`${kind}-side`), title = document.createElement('h2'), views = document.createElement('div'), caption = document.createElement('p');
    title.textContent = kind === 'raw' ? 'Raw' : 'Restored';
    views.className = 'views';
    caption.className = 'caption';
    caption.id = `${kind}-caption`;
    side.append(title, views, caption);
    return VIEWS.map(view => new Pane(views, kind, view, () => painter.request(isAny)));
  });
  used = panes[0];
  const captions = new Captions({ store, contrast, navigation, time, layers, panes });

  const painter = new Painter(panes, graphics, {
    slice: pane => picture(pane, shownLayers => {
      const uncertainty = pane.kind === 'restored' && shown.isUncertaintyShown ? layers.uncertaintyOf(shownLayers, pane.view) : null;
      return sliceView.picture(frameOf(pane), shownLayers, uncertainty,
        { plan: store.plan, contrast, crosshair: navigation.crosshair, interpolation: shown.interpolation });
    }),
    volume: (pane, reduction) => picture(pane, shownLayers =>
      volumeView.picture(new VolumeFrame(pane.canvas.width, pane.canvas.height, navigation), shownLayers, reduction, { contrast, rendering: shown.rendering })),
    overlay: pane => {
      if (!store.grid) return;
      if (pane.isSlice) drawSliceOverlay(pane, frameOf(pane), navigation, pane.kind === 'raw' ? comingFrom() : null);
      else drawVolumeOverlay(pane, new VolumeFrame(pane.canvas.width, pane.canvas.height, navigation), navigation);
    },
    rendering: () => shown.rendering,
  });

  function prepareGraphics() {
    const maps = gl.createTexture();
    graphics.bind(0, gl.TEXTURE_2D, maps);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, COLOUR_MAPS.length, 0, gl.RGBA, gl.UNSIGNED_BYTE, colourTable());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    sliceView = new SliceView(graphics, planes, maps);
    volumeView = new VolumeView(graphics, maps);
  }

  // What is shown where.

  /** The plane of the restored grid from which on the raw volume has not come yet; null when it is whole. */
  function comingFrom() {
    const header = layers.coming?.header;
    return header ? new Lattice('raw', store.plan).fromSamples('z', header.planes[1] * header.reduced.z) : null;
  }

  function frameOf(pane) {
    if (!navigation.grid) return null;
    const slices = panes.filter(each => each.kind === pane.kind && each.isSlice && each.isVisible);
    return new SliceFrame(pane, navigation, fittingScale(slices.length > 0 ? slices : [pane], navigation.grid) * navigation.zoom);
  }

  function picture(pane, make) {
    const shownLayers = layers.of(pane.kind, pane.view);
    captions.tell(pane, shownLayers, shown.interpolation);
    if (shownLayers.length > 0) return { ...make(shownLayers), layers: shownLayers };
    pane.clear();
    return null;
  }

  const volumesOf = kind => layers.of(kind, '3d').map(({ volume }) => volume);
  const readOut = () => captions.readOut(pointed, used.view, shown.isUncertaintyShown);

  // What people do.

  function look() {
    const kinds = shown.isUncertaintyShown ? [...SIDES, 'uncertainty'] : SIDES;
    connection.look(kinds.flatMap(kind => contrast.visible.map(c => ({ kind, c, t: time.t }))), BUDGET_VOXELS, navigation.crosshair);
    painter.request(isAny);
  }

  function arrange() {
    const pictures = element('pictures');
    pictures.dataset.layout = shown.layout;
    pictures.dataset.view = shown.view;
    element('swipe').hidden = shown.layout !== 'swipe';
    for (const layout of ['pair', 'swipe']) element(`layout-${layout}`).setAttribute('aria-pressed', shown.layout === layout);
    for (const button of document.querySelectorAll('button[data-view]')) button.setAttribute('aria-pressed', button.dataset.view === shown.view);
    element('uncertainty').setAttribute('aria-pressed', shown.isUncertaintyShown);
    [element('rendering').value, element('interpolation').value] = [shown.rendering, shown.interpolation];
    fitCells();
    painter.request(isAny);
  }

  // Slices share one scale, so their cells follow the extents, and 3D gets what is left.
  function fitCells() {
    const { clientWidth: width, clientHeight: height } = document.querySelector('.views');
    if (!store.grid || shown.view !== 'all' || height === 0) return;
    const { z, y, x } = store.grid.extentUm, scale = Math.min(width / (x + z), height / (y + z));
    const share = (um, all) => `${Math.min(Math.max(um * scale / all, 0.4), 0.64) * 100}% minmax(0, 1fr)`;
    element('pictures').style.setProperty('--across', share(x, width));
    element('pictures').style.setProperty('--down', share(y, height));
  }

  const change = changes => {
    const asksForMore = 'isUncertaintyShown' in changes;
    Object.assign(shown, changes);
    arrange();
    if (asksForMore) look();
  };

  function swipeTo(percent) {
    element('swipe').value = percent;
    element('pictures').style.setProperty('--swipe', `${percent}%`);
  }

  function snapshot() {
    if (!store.plan) return;
    const sides = Object.fromEntries(SIDES.map(kind => [kind, layers.of(kind, 'xy')])), raw = sides.raw[0]?.header, restored = sides.restored[0]?.header;
    const { stream, scan_id: scan } = store.plan, captionOf = kind => captions.captionOf(kind, sides[kind], shown.interpolation);
    const limits = contrast.visible.map(c => {
      const { name, map, gamma, raw: ofRaw, restored: ofRestored } = contrast.channels[c], span = ({ low, high }) => `${value(low)}–${value(high)}`;
      return `${name}: ${map}, ${span(ofRestored)}${contrast.isLinked ? '' : ` (raw ${span(ofRaw)})`}${gamma === 1 ? '' : `, gamma ${gamma.toFixed(2)}`}`;
    });
    const t = (restored ?? raw)?.t ?? 0, { x, y, z } = store.grid.voxelUm;
    saveSnapshot(panes, shown.layout === 'swipe' ? element('swipe').value / 100 : null, [
      `${stream} · scan ${scan} · saved ${new Date().toISOString()} · voxel ${[x, y, z].map(length).join(' × ')}`,
      raw ? `raw t ${raw.t}: ${captionOf('raw')}` : 'no raw volume',
      restored ? `restored t ${restored.t} (${restored.source}): ${captionOf('restored')}` : 'no restored volume',
      `contrast ${limits.join('; ')}`,
    ], `${stream}-${scan.slice(0, 8)}-t${t}`);
  }

  const doubted = new Set();
  const press = (id, action) => element(id).addEventListener('click', action);
  const toggleLayout = () => change({ layout: shown.layout === 'pair' ? 'swipe' : 'pair' });
  const toggleUncertainty = () => change({ isUncertaintyShown: !shown.isUncertaintyShown });
  const nextChannel = () => contrast.channels.length > 0 && contrast.choose((contrast.chosen + 1) % contrast.channels.length);
  const stepPlane = by => used.isSlice && navigation.step(SLICES[used.view].normal, by);
  const stepCrosshair = (axis, by) => used.isSlice && navigation.step(SLICES[used.view][axis], by);
  const push = (dx, dy) => drag(used, navigation, frameOf, dx * DRAG_A_KEY_PX, dy * DRAG_A_KEY_PX);
  const zoom = factor => used.isSlice ? navigation.zoomBy(factor) : navigation.zoom3dBy(factor);
  const fit = () => {
    navigation.fit();
    navigation.resetSpin();
  };

  press('layout-pair', () => change({ layout: 'pair' }));
  press('layout-swipe', () => change({ layout: 'swipe' }));
  for (const button of document.querySelectorAll('button[data-view]')) button.addEventListener('click', () => change({ view: button.dataset.view }));
  press('uncertainty', toggleUncertainty);
  press('fit', fit);
  press('snapshot', snapshot);
  press('help-open', () => element('help').showModal());
  press('help-close', () => element('help').close());
  element('rendering').addEventListener('change', event => change({ rendering: event.target.value }));
  element('interpolation').addEventListener('change', event => change({ interpolation: event.target.value }));
  element('swipe').addEventListener('input', event => swipeTo(event.target.valueAsNumber));

  for (const pane of panes) {
    takeInput(pane, navigation, {
      frameOf,
      onUse: now => used = now,
      onHover: voxel => {
        pointed = voxel;
        readOut();
      },
    });
    if (pane.kind === 'restored') addHandle(pane, swipeTo);
  }
  takeKeys({
    ArrowUp: () => stepPlane(-1), ArrowDown: () => stepPlane(1), ArrowLeft: () => time.step(-1), ArrowRight: () => time.step(1),
    'Shift+ArrowUp': () => push(0, 1), 'Shift+ArrowDown': () => push(0, -1), 'Shift+ArrowLeft': () => push(1, 0), 'Shift+ArrowRight': () => push(-1, 0),
    i: () => stepCrosshair('down', -1), k: () => stepCrosshair('down', 1), j: () => stepCrosshair('across', -1), l: () => stepCrosshair('across', 1),
    '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: fit,
    Home: () => time.first(), End: () => time.follow(), f: () => time.follow(), ' ': () => time.togglePlay(),
    1: () => change({ view: 'xy' }), 2: () => change({ view: 'xz' }), 3: () => change({ view: 'yz' }), 4: () => change({ view: '3d' }), 5: () => change({ view: 'all' }),
    s: toggleLayout, m: () => change({ rendering: shown.rendering === 'mip' ? 'shaded' : 'mip' }), u: toggleUncertainty,
    c: nextChannel, v: () => contrast.channels[contrast.chosen] && contrast.set(contrast.chosen, { isVisible: !contrast.channels[contrast.chosen].isVisible }),
    a: () => contrastPanel.auto(), g: () => contrastPanel.nextColours(), n: () => contrast.setLinked(!contrast.isLinked),
    '[': () => contrastPanel.nudge('high', -1), ']': () => contrastPanel.nudge('high', 1), '{': () => contrastPanel.nudge('low', -1), '}': () => contrastPanel.nudge('low', 1),
    p: snapshot, x: () => navigation.toggleCrosshair(), '?': () => element('help').showModal(),
  }, () => element('keys-on').checked);

  // What comes.

  const sideOf = volume => volume.kind === 'uncertainty' ? 'restored' : volume.kind;
  const isAhead = (pane, volume) => {
    const { normal } = SLICES[pane.view];
    return volume.planeAt(normal, layers.sampleOf(volume.kind, navigation.crosshair)[normal]) !== null;
  };

  connection.addEventListener('told', ({ detail }) => detail.type === 'answer' ? status.answer(detail) : store.take(detail));
  connection.addEventListener('pixels', ({ detail: { header, samples } }) => {
    if (header.type === 'volume') store.takeVolume(header, samples);
    else if (header.type === 'sections') store.takeSections(header, samples);
    else fullSlices.take(header, samples);
    // While a volume comes, the page rests for longer than it draws: what is restored meanwhile finds it idle, and so does the scan.
    painter.afterDraw(tookMs => connection.acknowledge(header.id, header.complete === false ? Math.round(REST_SHARE * tookMs) : 0));
    if (!document.hidden) painter.now();
  });
  store.addEventListener('scan', ({ detail: { isOther } }) => {
    if (!isOther) return;
    planes.clear();
    navigation.begin(store.grid);
    contrast.begin(store.plan.channels);
    time.follow();
    arrange();
    look();
  });
  store.addEventListener('pixels', ({ detail: volume }) => {
    contrast.note(volume);
    // Nobody is to look at predicted detail without its doubt; who then turns that off has seen it.
    if (volume.header?.made?.predicted && volume.header.made.uncertainty && !doubted.has(store.plan.scan_id)) {
      doubted.add(store.plan.scan_id);
      change({ isUncertaintyShown: true });
    }
    // Planes that came ahead are drawn already. While a volume is coming, 3D is coarse and seldom, so that it holds up nothing.
    const isDue = volume.isWhole || performance.now() - lastComing > COMING_EVERY_MS;
    if (isDue && !volume.isWhole) lastComing = performance.now();
    painter.request(pane => pane.kind === sideOf(volume) && (pane.isSlice ? !isAhead(pane, volume) : isDue && volume.kind !== 'uncertainty'), !volume.isWhole);
    readOut();
  });
  store.addEventListener('planes', ({ detail: volume }) => {
    contrast.note(volume);
    painter.request(pane => pane.isSlice && pane.kind === sideOf(volume));
    readOut();
  });
  for (const name of ['volumes', 'status']) store.addEventListener(name, () => SIDES.some(kind => volumesOf(kind).length === 0) && painter.request(isAny));

  let visible = '';
  contrast.addEventListener('change', () => {
    painter.request(isAny);
    const now = contrast.visible.join();
    if (now !== visible && store.plan) look();
    visible = now;
  });
  time.addEventListener('change', look);
  time.isShown = () => SIDES.every(kind => layers.of(kind, 'xy').every(({ header }) => header.t === time.t));
  navigation.addEventListener('crosshair', () => {
    painter.request(isAny);
    readOut();
  });
  navigation.addEventListener('slices', () => painter.request(isSlice));
  navigation.addEventListener('spin', () => painter.request(isVolume, true));
  navigation.addEventListener('crosshair', () => connection.cross(navigation.crosshair));
  for (const [target, name] of [[navigation, 'crosshair'], [store, 'pixels']])
    target.addEventListener(name, () => fullSlices.want(SIDES.flatMap(volumesOf), navigation.crosshair));

  graphics.addEventListener('restored', () => {
    planes.clear();
    prepareGraphics();
    store.restore();
    painter.request(isAny);
  });

  window.viewer = Object.freeze({
    get connected() { return connection.isConnected; },
    get drawn() { return structuredClone(painter.drawn); },
    get crosshair() { return { ...navigation.crosshair }; },
    get framesDrawn() { return painter.framesDrawn; },
    get isAtRest() { return painter.isAtRest; },
  });

  new ResizeObserver(fitCells).observe(element('pictures'));
  new DataLinks(store, contrast, navigation, time);
  prepareGraphics();
  arrange();
  // A token that came with the address is a cookie by now, and need not stand in the address bar.
  if (new URLSearchParams(location.search).has('token')) history.replaceState(null, '', location.pathname);
  connection.open();
}

/** The line between raw and restored; one for all views. */
function addHandle(pane, swipeTo) {
  const handle = document.createElement('div');
  handle.className = 'handle';
  handle.addEventListener('pointerdown', event => handle.setPointerCapture(event.pointerId));
  handle.addEventListener('pointermove', event => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = pane.element.getBoundingClientRect();
    swipeTo(Math.min(Math.max(100 * (event.clientX - box.left) / box.width, 0), 100));
  });
  pane.element.append(handle);
}

try {
  start();
} catch (fault) {
  const alert = document.getElementById('alert');
  alert.textContent = `${fault.message} Use a current Chromium or Firefox with WebGL 2.`;
  alert.hidden = false;
  throw fault;
}
