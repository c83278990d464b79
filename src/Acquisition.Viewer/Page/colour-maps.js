// Colour maps as control points at equal distances; all but the fire-like one are near to even in lightness.

const POINTS = {
  grey: [[0, 0, 0], [255, 255, 255]],
  green: [[0, 0, 0], [0, 255, 64]],
  magenta: [[0, 0, 0], [255, 0, 191]],
  fire: [[0, 0, 0], [36, 0, 96], [120, 0, 140], [205, 35, 60], [245, 120, 10], [255, 215, 70], [255, 255, 255]],
  viridis: [[68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 168, 132], [122, 209, 81], [253, 231, 37]],
};

export const COLOUR_MAPS = Object.keys(POINTS);

/** Colour of a share of the range; 0 to 255 each. @param {number} share From 0 to 1. */
export function colourOf(map, share) {
  const points = POINTS[map], at = share * (points.length - 1), i = Math.min(Math.floor(at), points.length - 2);
  return points[i].map((low, channel) => Math.round(low + (at - i) * (points[i + 1][channel] - low)));
}

/** All maps as one image: a row of 256 colours each, in the order of COLOUR_MAPS. RGBA bytes. */
export function colourTable() {
  const table = new Uint8Array(COLOUR_MAPS.length * 256 * 4);
  COLOUR_MAPS.forEach((map, row) => {
    for (let i = 0; i < 256; i++) table.set([...colourOf(map, i / 255), 255], (row * 256 + i) * 4);
  });
  return table;
}
