import { colourOf } from './colour-maps.js';

const NEUROGLANCER = 'https://neuroglancer-demo.appspot.com', VIZARR = 'https://hms-dbmi.github.io';
const SIDES = ['raw', 'restored'];

const element = id => document.getElementById(id);

/** The datasets by address, and links that show them in viewers of other sites, where pages of those may read them. */
export class DataLinks {
  #store;
  #contrast;
  #navigation;
  #time;

  constructor(store, contrast, navigation, time) {
    [this.#store, this.#contrast, this.#navigation, this.#time] = [store, contrast, navigation, time];
    store.addEventListener('scan', () => this.#draw());
  }

  #draw() {
    const place = document.createElement('li');
    place.className = 'folder';
    place.textContent = this.#store.scan.folder;
    element('links').replaceChildren(...SIDES.map(kind => this.#row(kind)), place);
    element('data-section').hidden = false;
  }

  #row(kind) {
    const item = document.createElement('li'), name = document.createElement('span'), address = addressOf(kind);
    name.textContent = kind;
    item.append(name);
    if (this.#mayRead(NEUROGLANCER)) item.append(link('neuroglancer', kind, () => `${NEUROGLANCER}/#!${encodeURIComponent(JSON.stringify(this.#neuroglancer(kind)))}`));
    if (this.#mayRead(VIZARR)) item.append(link('vizarr', kind, () => `${VIZARR}/vizarr/?source=${encodeURIComponent(address)}`));
    item.append(copyButton(kind, address));
    return item;
  }

  #mayRead(site) {
    const { data_sites: sites } = this.#store.scan;
    return sites.includes(site) || sites.includes('*');
  }

  /** What is shown here as a state of neuroglancer: the same place, time, limits and colours, one layer a channel. */
  #neuroglancer(kind) {
    const { plan, grid, newest } = this.#store, { crosshair } = this.#navigation, { channels, visible } = this.#contrast;
    const axes = ['x', 'y', 'z'], um = axes.map(axis => grid.voxelUm[axis]), largestUm = Math.max(...axes.map(axis => grid.extentUm[axis]));
    // Positions there are of the middle of voxels, counted from the middle of the first raw one.
    const position = [...axes.map(axis => crosshair[axis] + plan.restored_origin_um[axis] / plan.restored_voxel_um[axis]), this.#time.t ?? Math.max(newest, 0)];
    return {
      dimensions: { ...Object.fromEntries(axes.map((axis, i) => [axis, [um[i] * 1e-6, 'm']])), t: [plan.interval_s > 0 ? plan.interval_s : 1, 's'] },
      position, crossSectionScale: largestUm / Math.min(...um) / 350, projectionScale: 1.6 * largestUm / Math.min(...um), layout: '4panel',
      layers: channels.map((channel, c) => ({
        type: 'image', name: channels.length > 1 ? `${kind} ${channel.name}` : kind, source: `${addressOf(kind)}/|zarr3:`,
        localPosition: [c], visible: visible.includes(c), blend: 'additive', shader: shaderOf(channel.map),
        shaderControls: channel[kind].isSet ? { normalized: { range: [channel[kind].low, channel[kind].high] } } : {},
      })),
    };
  }
}

const addressOf = kind => `${location.origin}/data/${kind}.zarr`;

function shaderOf(map) {
  const ink = `#${colourOf(map, 1).map(part => part.toString(16).padStart(2, '0')).join('')}`;
  return `#uicontrol invlerp normalized\n#uicontrol vec3 colour color(default="${ink}")\nvoid main() { emitRGB(colour * normalized()); }`;
}

/** A link whose address is made when somebody is about to follow it. */
function link(viewer, kind, makeAddress) {
  const anchor = document.createElement('a'), refresh = () => anchor.href = makeAddress();
  Object.assign(anchor, {
    textContent: viewer, target: '_blank', rel: 'noopener noreferrer',
    title: 'Opens this dataset there. The page comes from the internet, the data from here: the browser may ask whether that page may reach this computer.',
  });
  anchor.setAttribute('aria-label', `Open ${kind} in ${viewer}`);
  for (const name of ['pointerenter', 'pointerdown', 'focus']) anchor.addEventListener(name, refresh);
  refresh();
  return anchor;
}

function copyButton(kind, address) {
  const copy = document.createElement('button');
  copy.textContent = 'copy';
  copy.title = `Copies ${address}`;
  copy.setAttribute('aria-label', `Copy the address of the ${kind} data`);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(address);
      copy.textContent = 'copied';
    } catch {
      // Without TLS browsers keep the clipboard from pages of other machines.
      copy.textContent = address;
    }
  });
  return copy;
}
