const PADDING = 10, LINE = 17;

/**
 * Saves what is shown as a PNG: the pictures with crosshair and scale bars as they stand, and under them how they were made.
 * @param {Pane[]} panes
 * @param {number|null} swipe Share of each picture that shows raw; null when both sides stand beside each other.
 * @param {string[]} caption Lines of text.
 */
export async function saveSnapshot(panes, swipe, caption, name) {
  const shown = panes.filter(pane => pane.isVisible), ratio = shown[0]?.pixelRatio ?? 1;
  if (shown.length === 0) return;
  const boxes = shown.map(pane => pane.element.getBoundingClientRect());
  const left = Math.min(...boxes.map(box => box.left)), top = Math.min(...boxes.map(box => box.top));
  const width = (Math.max(...boxes.map(box => box.right)) - left + 2 * PADDING) * ratio;
  const canvas = document.createElement('canvas'), to = canvas.getContext('2d');
  to.font = `${12 * ratio}px system-ui, sans-serif`;
  const lines = caption.flatMap(text => wrap(to, text, width - 2 * PADDING * ratio));
  const picturesHeight = (Math.max(...boxes.map(box => box.bottom)) - top) * ratio;
  canvas.width = width;
  canvas.height = picturesHeight + (2 * PADDING + lines.length * LINE + PADDING) * ratio;
  to.fillStyle = '#0b0d10';
  to.fillRect(0, 0, canvas.width, canvas.height);
  to.font = `${12 * ratio}px system-ui, sans-serif`;
  shown.forEach((pane, i) => {
    const x = (boxes[i].left - left + PADDING) * ratio, y = (boxes[i].top - top + PADDING) * ratio, { width: w, height: h } = pane.canvas;
    const from = swipe !== null && pane.kind === 'restored' ? swipe * w : 0;
    to.save();
    to.beginPath();
    to.rect(x + from, y, w - from, h);
    to.clip();
    to.fillStyle = '#000';
    to.fillRect(x, y, w, h);
    to.drawImage(pane.canvas, x, y);
    to.drawImage(pane.overlay, x, y);
    to.restore();
    to.fillStyle = '#d5dae1';
    to.textAlign = swipe !== null && pane.kind === 'restored' ? 'right' : 'left';
    to.fillText(`${pane.kind} · ${pane.tag}`, swipe !== null && pane.kind === 'restored' ? x + w - 6 * ratio : x + 6 * ratio, y + 15 * ratio);
    if (from > 0) {
      to.fillStyle = '#ffffffb0';
      to.fillRect(x + from - ratio, y, 2 * ratio, h);
    }
  });
  to.textAlign = 'left';
  to.fillStyle = '#d5dae1';
  lines.forEach((line, i) => to.fillText(line, PADDING * ratio, picturesHeight + (2 * PADDING + (i + 0.75) * LINE) * ratio));
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  const anchor = document.createElement('a');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = `${name}.png`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

function wrap(to, text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (to.measureText(longer).width <= width || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
