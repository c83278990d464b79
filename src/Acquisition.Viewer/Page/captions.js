import { SLICES } from './geometry.js';
import { howMade, value } from './words.js';

const SIDES = ['raw', 'restored'];

const element = id => document.getElementById(id);

/** What is said about the pictures: their tags and captions, why there is none, and the values under the pointer. */
export class Captions {
  #store;
  #contrast;
  #navigation;
  #time;
  #layers;
  #panes;

  constructor({ store, contrast, navigation, time, layers, panes }) {
    this.#store = store;
    this.#contrast = contrast;
    this.#navigation = navigation;
    this.#time = time;
    this.#layers = layers;
    this.#panes = panes;
  }

  /** Says what a pane shows. @param {object[]} layers As Layers gives them. @param {string} interpolation Of raw slices. */
  tell(pane, layers, interpolation) {
    const isFirst = pane === this.#panes.find(each => each.kind === pane.kind && each.isVisible);
    if (isFirst) {
      const caption = element(`${pane.kind}-caption`);
      caption.textContent = caption.title = this.captionOf(pane.kind, layers, interpolation);
    }
    pane.setEmpty(isFirst && layers.length === 0 ? this.#whyEmpty(pane.kind) : '');
    if (layers.length === 0) {
      pane.setTag('');
      pane.setStale(false);
      return;
    }
    const { header } = layers[0], { t } = this.#time, isStale = t !== null && header.t !== t, predicted = header.made?.predicted === true;
    pane.setStale(isStale);
    if (isStale) pane.setTag(`t ${header.t}, waiting for t ${t}`, 'waiting');
    else pane.setTag(`${header.complete ? `t ${header.t}` : this.#partlyCame(pane, layers[0])} · ${header.source}${predicted ? ' · PREDICTED' : ''}${this.#planeOf(pane)}`, predicted ? 'predicted' : header.source);
  }

  /** How what a side shows was acquired or made. */
  captionOf(kind, layers, interpolation) {
    if (layers.length === 0) return '';
    const { header } = layers[0], at = ({ x, y, z }) => `${x}×${y}×${z}`, shrunk = Math.max(...Object.values(header.reduced)) > 1
      ? ` · 3D of means of ${at(header.reduced)}` : '';
    if (kind === 'restored') return header.made ? howMade(header.made) + shrunk : '';
    const how = interpolation === 'voxels' ? 'each voxel as it came' : `${interpolation} interpolation to ${at(this.#store.grid.shape)}`;
    return `as acquired, ${at(header.full)} · slices by ${how}${shrunk}`.replace('by each', 'show each');
  }

  /** Says what is under the pointer, or else at the crosshair. @param {object|null} pointed In voxels of the restored grid; may lie outside. */
  readOut(pointed, view, isUncertaintyShown) {
    const { grid } = this.#store;
    if (!grid) return;
    const isInside = pointed && ['z', 'y', 'x'].every(axis => pointed[axis] >= 0 && pointed[axis] < grid.shape[axis]);
    const voxel = isInside ? grid.clamp(pointed) : this.#navigation.crosshair;
    const parts = [`${isInside ? 'pointer' : 'crosshair'} ${['x', 'y', 'z'].map(axis => `${axis} ${((voxel[axis] + 0.5) * grid.voxelUm[axis]).toFixed(2)}`).join('  ')} µm`,
      `voxel ${voxel.x}, ${voxel.y}, ${voxel.z}`];
    const valueOf = ({ volume, kind }) => volume.valueAt(this.#layers.sampleOf(kind, voxel));
    const sides = SIDES.map(kind => this.#layers.of(kind, view));
    for (const c of this.#contrast.visible) {
      const name = this.#contrast.channels.length > 1 ? `${this.#contrast.channels[c].name} ` : '';
      for (const layer of sides.flat()) {
        const here = layer.c === c ? valueOf(layer) : null;
        if (here !== null) parts.push(`${name}${layer.kind} ${value(here)}`);
      }
    }
    const map = isUncertaintyShown ? this.#layers.uncertaintyOf(sides[1], view) : null, step = map ? valueOf(map) ?? 0 : 0;
    if (step > 0) {
      const { largest, steps_per_octave: stepsPerOctave } = map.header.made.uncertainty;
      parts.push(`${map.header.made.predicted ? 'doubt' : '±'} ${(largest * 2 ** ((step - 255) / stepsPerOctave)).toPrecision(3)}`);
    }
    element('readout').textContent = parts.join('  ·  ');
  }

  #partlyCame(pane, { volume, header: { t, planes: [, to], reduced } }) {
    const of = this.#store.plan.shape.z, came = Math.min(to * reduced.z, of);
    const here = volume.timePointAt(this.#layers.sampleOf('raw', this.#navigation.crosshair).z);
    return pane.view === 'xy' && here !== t ? `${here === null ? 'not here yet' : `t ${here}`} (t ${t}: plane ${came} of ${of})` : `t ${t}, plane ${came} of ${of}`;
  }

  #planeOf(pane) {
    return pane.isSlice ? ` · ${SLICES[pane.view].normal} ${this.#navigation.crosshair[SLICES[pane.view].normal]}` : '';
  }

  #whyEmpty(kind) {
    if (!this.#store.plan) return this.#store.status?.state === 'finished' ? this.#store.status.reason : 'Waiting for a scan';
    const { t } = this.#time;
    if (this.#contrast.visible.length === 0) return 'No channel is shown';
    if (t === null) return kind === 'raw' ? 'No frame yet' : 'Nothing restored yet';
    return kind === 'raw' ? `Of t ${t} nothing is stored` : `t ${t} is not restored`;
  }
}
