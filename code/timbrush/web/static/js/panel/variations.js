/** A strip of seeds for the same zone: listen, keep one. */

import { button, input, make, part } from '../page/dom.js';
import { randomSeed } from './settings.js';

const COUNT = { least: 2, most: 12, usual: 4 };

/**
 * @param {import('../edit/studio.js').Studio} studio
 * @param {() => import('../edit/session.js').Stroke | null} current The stroke as it is set
 *   now.
 */
export function showVariations(studio, current) {
  /** @type {import('../edit/studio.js').Variation[]} */
  let found = [];
  /** @type {import('../edit/session.js').Stroke | null} */
  let stroke = null;
  let heard = -1;

  const hear = async (/** @type {number} */ index) => {
    heard = index === heard ? -1 : index;
    await studio.preview(found[heard] ?? null);
    draw();
  };

  const keep = async () => {
    const { seed } = found[heard];
    clear();
    if (stroke) await studio.paint({ ...stroke, seed });
  };

  const draw = () => {
    const chips = found.map((variation, i) => chip(variation, i, i === heard, () => hear(i)));
    if (heard >= 0) {
      const kept = make('button', { className: 'keep', textContent: 'Keep' });
      kept.addEventListener('click', keep);
      chips.push(kept);
    }
    const strip = part('strip');
    const focused = [...strip.children].findIndex((child) => child === document.activeElement);
    strip.replaceChildren(...chips);
    chips[focused]?.focus();
  };

  const clear = () => {
    found = [];
    heard = -1;
    draw();
  };

  button('vary').addEventListener('click', async () => {
    stroke = current();
    if (!stroke) return;
    const wanted = Math.round(Number(input('n-variations').value)) || COUNT.usual;
    const n = Math.min(COUNT.most, Math.max(COUNT.least, wanted));
    clear();
    found = await studio.variations(stroke, Array.from({ length: n }, randomSeed));
    if (found.length) await hear(0);
  });
  studio.addEventListener('changed', clear);
}

/**
 * @param {import('../edit/studio.js').Variation} variation
 * @param {number} index
 * @param {boolean} isHeard
 * @param {() => void} choose
 */
function chip({ seed, cost }, index, isHeard, choose) {
  const chip = make('button', {
    textContent: String(index + 1),
    title: `Seed ${seed}: ${Math.round(cost.share * 100)} % changed`,
    ariaLabel: `Variation ${index + 1}, seed ${seed}`,
    ariaPressed: String(isHeard),
  });
  chip.addEventListener('click', choose);
  return chip;
}
