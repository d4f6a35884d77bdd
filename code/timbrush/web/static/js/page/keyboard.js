/** Keys of the table to what they do, unless what has the focus uses them itself. */

import { find, keyOf, nameOf } from './keys.js';

const TYPING = 'input[type=number], input[type=text], select, textarea, dialog *';

/**
 * @param {Record<string, () => unknown>} actions By their names in the table of keys.
 * @param {() => void} shiftReleased
 */
export function connectKeyboard(actions, shiftReleased) {
  const focus = watchFocus();
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const name = nameOf(event);
    const key = find(name);
    if (!key?.act || document.querySelector('dialog[open]')) return;
    // Escape closes a box that is open, and nothing else.
    if (name === 'Escape' && document.querySelector(':popover-open')) return;
    if (target.matches(TYPING) && !key.typing && name !== 'Escape') return;
    if (name === 'Escape' && target.matches('input[type=number]')) return focus.leave();
    const presses = name === 'Enter' || (name === 'Space' && !focus.isPointed);
    if (isOwnKey(target, name, presses)) return;
    event.preventDefault();
    // As browsers do for a button.
    if (presses && target.matches('a, input[type=checkbox]')) return target.click();
    actions[key.act]();
  });
  document.addEventListener('keyup', (event) => {
    if (event.key === 'Shift') shiftReleased();
  });
}

/** Adds its key to the title of each element that names an action in `data-key`. */
export function showKeys() {
  for (const element of document.querySelectorAll('[data-key]')) {
    const { dataset, title } = /** @type {HTMLElement} */ (element);
    const words = title || element.getAttribute('aria-label') || element.textContent?.trim();
    element.setAttribute('title', `${words} (${keyOf(dataset.key ?? '')})`);
  }
}

/**
 * Watches how the focus moves. `:focus-visible` does not tell: after a click any key makes it
 * true.
 *
 * @returns {{isPointed: boolean, leave: () => void}} Whether the pointer was last where the
 *   focus is; leaves a field as it was entered.
 */
function watchFocus() {
  let wasPointer = false;
  let entered = '';
  const focus = {
    isPointed: false,
    leave: () => {
      const field = /** @type {HTMLInputElement} */ (document.activeElement);
      field.value = entered;
      field.blur();
    },
  };
  const note = (/** @type {Event} */ { type, target }) => {
    if (type === 'focusin') entered = /** @type {HTMLInputElement} */ (target).value;
    else wasPointer = type === 'pointerdown';
    if (type !== 'keydown') focus.isPointed = wasPointer;
  };
  for (const type of ['pointerdown', 'keydown', 'focusin']) {
    document.addEventListener(type, note, true);
  }
  return focus;
}

/**
 * A focused button acts on its own keys, a slider moves, radio buttons step. Space presses what
 * the keyboard reached; after a click it plays.
 *
 * @param {HTMLElement} target
 * @param {string} name
 * @param {boolean} presses Whether the key presses what has the focus.
 */
function isOwnKey(target, name, presses) {
  if (presses) {
    return target.matches(`button, summary${name === 'Space' ? ', input[type=checkbox]' : ''}`);
  }
  return target.matches('input') && name.includes('Arrow');
}
