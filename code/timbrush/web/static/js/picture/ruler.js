/** Pointers on the scales: the ruler of time plays from there, the scale of hertz selects. */

import { canvas } from '../page/dom.js';

/**
 * @typedef {import('./view.js').View} View
 * @typedef {import('../zone/zone.js').Zone} Zone
 * @typedef {import('../zone/shapes.js').Span} Span
 */

/** Pointers closer than this select nothing. */
const CLICK_PIXELS = 4;

/**
 * @param {View} view
 * @param {Zone} zone
 * @param {(seconds: number) => void} seek
 * @param {(seconds: Span | null, hertz: Span | null) => void} select Called with null for all of
 *   that axis.
 */
export function connectRulers(view, zone, seek, select) {
  const ruler = canvas('axis-seconds');
  const scale = canvas('axis-hertz');
  const timeAt = (/** @type {number} */ x) => view.clampedTime(x);
  const hertzAt = (/** @type {number} */ y) => view.clampedHertz(y);

  drag(ruler, 'offsetX', (from, to, event) => {
    if (!event.shiftKey) return seek(timeAt(to));
    if (Math.abs(to - from) >= CLICK_PIXELS) select(ordered(timeAt(from), timeAt(to)), null);
  });
  drag(scale, 'offsetY', (from, to) => {
    if (Math.abs(to - from) >= CLICK_PIXELS) select(null, ordered(hertzAt(from), hertzAt(to)));
  });
  ruler.addEventListener('dblclick', () => {
    select(zone.bounds?.seconds ?? /** @type {Span} */ ([...view.time]), null);
  });
  scale.addEventListener('dblclick', () => {
    const shown = ordered(hertzAt(view.height), hertzAt(0));
    select(null, zone.bounds?.hertz ?? shown);
  });
}

/**
 * @param {HTMLCanvasElement} target
 * @param {'offsetX' | 'offsetY'} along
 * @param {(from: number, to: number, event: PointerEvent) => void} react
 */
function drag(target, along, react) {
  let from = 0;
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    from = event[along];
    react(from, from, event);
  });
  target.addEventListener('pointermove', (event) => {
    if (target.hasPointerCapture(event.pointerId)) react(from, event[along], event);
  });
}

/** @param {number} a @param {number} b @returns {Span} */
function ordered(a, b) {
  return a < b ? [a, b] : [b, a];
}
