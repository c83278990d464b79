/** Calls what a key stands for, unless somebody types, a dialog is open, or the browser owns the combination. @param {Record<string, (event: KeyboardEvent) => void>} actions By KeyboardEvent.key, with "Shift+" before arrows. */
export function takeKeys(actions) {
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const { target, key } = event;
    if (target.matches('input:not([type=checkbox]), select')) {
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
