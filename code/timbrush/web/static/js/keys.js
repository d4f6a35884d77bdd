/** The keyboard: every key of the page, and when it counts. */

const TYPING = 'input[type=number], input[type=text], select, textarea, dialog *';
const SCROLL_PIXELS = 60;
const ZOOM = 1.4;

/**
 * @typedef {Record<string, (event: KeyboardEvent) => void>} Actions
 * @param {{studio: any, transport: any, tools: any, view: any, brush: any, press: (id: string) => void,
 *   paint: () => void, cancel: () => void, selectAll: () => void, collected: () => void}} parts
 */
export function connectKeys(parts) {
  const { studio, transport, tools, view, brush, press } = parts;
  /** @type {Actions} */
  const plain = {
    ' ': () => transport.toggle(),
    l: () => press('loop'),
    p: () => transport.hear('selection'),
    o: () => transport.hear('band'),
    b: () => transport.compare(),
    g: () => press('grid'),
    s: () => press('surprise'),
    v: () => press('vary'),
    d: () => brush.roll(),
    '[': () => tools.resizeBrush(-1),
    ']': () => tools.resizeBrush(1),
    '+': () => view.zoomTime(ZOOM),
    '=': () => view.zoomTime(ZOOM),
    '-': () => view.zoomTime(1 / ZOOM),
    0: () => view.fit(),
    '?': () => press('help'),
    Enter: () => parts.paint(),
    Escape: () => parts.cancel(),
    Delete: () => parts.cancel(),
    ArrowLeft: () => view.scroll(-SCROLL_PIXELS, 0),
    ArrowRight: () => view.scroll(SCROLL_PIXELS, 0),
    ArrowUp: (event) => (event.shiftKey ? view.zoomFrequency(ZOOM) : view.scroll(0, -SCROLL_PIXELS)),
    ArrowDown: (event) => (event.shiftKey ? view.zoomFrequency(1 / ZOOM) : view.scroll(0, SCROLL_PIXELS)),
  };
  ['rectangle', 'brush', 'lasso', 'harmonics', 'eraser'].forEach((tool, i) => {
    plain[i + 1] = () => tools.set({ tool });
  });
  /** @type {Actions} */
  const command = {
    z: (event) => (event.shiftKey ? studio.redo() : studio.undo()),
    y: () => studio.redo(),
    s: () => press('save-strokes'),
    o: () => press('open'),
    a: () => parts.selectAll(),
  };

  const focus = watchFocus();
  document.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    // AltGr is Ctrl and Alt on Windows; it or Option types [ and ] on many keyboards.
    const commanded = (event.ctrlKey || event.metaKey) && !event.getModifierState('AltGraph');
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = commanded ? command[key] : plain[key];
    if (!action || (event.altKey && !commanded && !'[]'.includes(key))) return;
    if (document.querySelector('dialog[open]')) return;
    if (target.matches(TYPING) && !(commanded && 'zyso'.includes(key)) && key !== 'Escape') return;
    if (key === 'Escape' && target.matches('input[type=number]')) return focus.leave();
    const presses = key === 'Enter' || (key === ' ' && !focus.isPointed);
    if (ownKey(target, key, presses)) return;
    event.preventDefault();
    if (presses && target.matches('a, input[type=checkbox]')) return target.click(); // as browsers do for a button
    action(event);
  });
  document.addEventListener('keyup', (event) => {
    if (event.key === 'Shift') parts.collected();
  });
}

/**
 * Watches how the focus moves. `:focus-visible` does not tell: after a click any key makes it true.
 *
 * @returns {{isPointed: boolean, leave: () => void}} Whether the pointer was last where the focus is; leaves a field
 *   as it was entered.
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
  for (const type of ['pointerdown', 'keydown', 'focusin']) document.addEventListener(type, note, true);
  return focus;
}

/**
 * A focused button acts on its own keys, a slider moves, radio buttons step. Space presses what the keyboard
 * reached; after a click it plays.
 *
 * @param {HTMLElement} target
 * @param {string} key
 * @param {boolean} presses Whether the key presses what has the focus.
 */
function ownKey(target, key, presses) {
  if (presses) return target.matches(key === ' ' ? 'button, summary, input[type=checkbox]' : 'button, summary');
  return target.matches('input') && key.startsWith('Arrow');
}
