/** A strip of seeds for the same zone: listen, keep one. */

import { randomSeed } from './brush.js';
import { byId } from './controls.js';

/**
 * @param {import('./studio.js').Studio} studio
 * @param {() => import('./session.js').Stroke | null} current The stroke as it is set now.
 */
export function showVariations(studio, current) {
  /** @type {import('./studio.js').Variation[]} */
  let found = [];
  /** @type {import('./session.js').Stroke | null} */
  let stroke = null;
  /** @type {number} */
  let heard = -1;

  const hear = async (/** @type {number} */ index) => {
    heard = index === heard ? -1 : index;
    await studio.preview(found[heard] ?? null);
    draw();
  };

  const keep = async () => {
    const { seed } = found[heard];
    clear();
    await studio.paint({ ...stroke, seed });
  };

  const draw = () => {
    const chips = found.map(({ seed, cost }, i) => {
      const chip = Object.assign(document.createElement('button'), { textContent: String(i + 1), title: `Seed ${seed}: ${Math.round(cost.share * 100)} % changed` });
      chip.setAttribute('aria-pressed', String(i === heard));
      chip.setAttribute('aria-label', `Variation ${i + 1}, seed ${seed}`);
      chip.addEventListener('click', () => hear(i));
      return chip;
    });
    if (heard >= 0) {
      const button = Object.assign(document.createElement('button'), { className: 'keep', textContent: 'Keep' });
      button.addEventListener('click', keep);
      chips.push(button);
    }
    const strip = byId('strip');
    const focused = [...strip.children].indexOf(/** @type {Element} */ (document.activeElement));
    strip.replaceChildren(...chips);
    chips[focused]?.focus();
  };

  const clear = () => {
    found = [];
    heard = -1;
    draw();
  };

  byId('vary').addEventListener('click', async () => {
    stroke = current();
    if (!stroke) return;
    const n = Math.min(12, Math.max(2, Math.round(Number(byId('n-variations').value)) || 4));
    clear();
    found = await studio.variations(stroke, Array.from({ length: n }, randomSeed));
    if (found.length) await hear(0);
  });
  studio.addEventListener('changed', clear);
}
