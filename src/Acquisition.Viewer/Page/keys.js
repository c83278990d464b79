const MOVES_A_SLIDER = /^(Arrow|Home|End|Page)/;

/**
 * Calls what a key stands for, unless somebody types, a dialog is open, the browser owns the combination, or keys are switched off.
 * @param {Record<string, (event: KeyboardEvent) => void>} actions By KeyboardEvent.key, with "Shift+" before arrows.
 * @param {() => boolean} areOn Whether single characters count. People who speak to their computer type them without wanting to.
 */
export function takeKeys(actions, areOn) {
  addEventListener('keydown', event => {
    // Where brackets need AltGr, Windows tells of Ctrl and Alt as well.
    const isCommand = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState('AltGraph');
    if (isCommand || document.querySelector('dialog[open]')) return;
    const { target, key } = event;
    if (key.length === 1 && !areOn()) return;
    if (target.matches('input[type=range]') && MOVES_A_SLIDER.test(key)) return;
    if (target.matches('input:not([type=checkbox], [type=range]), select')) {
      // What was typed counts, and keys mean the pictures again.
      if (key === 'Escape' || key === 'Enter') target.blur();
      return;
    }
    // Space and Enter press the button that has the focus.
    if (target.matches('button, a, input') && (key === ' ' || key === 'Enter')) return;
    const action = actions[event.shiftKey && key.startsWith('Arrow') ? `Shift+${key}` : key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
}
