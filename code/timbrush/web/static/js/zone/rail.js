/** The buttons that choose a tool, and the options of each. */

import { input, onChoice, part, select, showChoice, showShare } from '../page/dom.js';

/** @param {import('./tools.js').Tools} tools */
export function connectRail(tools) {
  const rail = part('rail');
  const buttons = [...rail.querySelectorAll('button')];
  for (const each of buttons) {
    each.addEventListener('click', () => tools.set({ tool: each.dataset.tool }));
  }
  rail.addEventListener('keydown', (event) => {
    const step = stepOf(event.key);
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const now = buttons.findIndex(({ dataset }) => dataset.tool === tools.tool);
    const next = buttons[(now + step + buttons.length) % buttons.length];
    tools.set({ tool: next.dataset.tool });
    next.focus();
  });
  connectOptions(tools);

  const show = () => {
    document.body.dataset.tool = tools.tool; // what the style sheet shows of the options
    for (const each of buttons) {
      const chosen = each.dataset.tool === tools.tool;
      each.setAttribute('aria-checked', String(chosen));
      each.tabIndex = chosen ? 0 : -1;
    }
  };
  tools.addEventListener('change', show);
  show();
}

/**
 * @param {string} key
 * @returns {number} 1 for the next tool, -1 for the one before, 0 for none.
 */
function stepOf(key) {
  if (key === 'ArrowDown' || key === 'ArrowRight') return 1;
  return key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 0;
}

/** @param {import('./tools.js').Tools} tools */
function connectOptions(tools) {
  const size = input('brush-size');
  const [width, count, snap, follows] = [
    'harmonics-width',
    'harmonics-count',
    'snap',
    'follow',
  ].map(input);
  const [which, unit] = [select('which'), select('width-unit')];
  size.addEventListener('input', () => tools.set({ brushPixels: Number(size.value) }));
  width.addEventListener('change', () => {
    tools.set({ widthHertz: Math.max(1, Number(width.value)) });
  });
  count.addEventListener('change', () => {
    tools.set({ nPartials: Math.max(0, Math.round(Number(count.value))) });
  });
  snap.addEventListener('change', () => tools.set({ snap: snap.checked }));
  follows.addEventListener('change', () => tools.set({ follows: follows.checked }));
  which.addEventListener('change', () => {
    tools.set({ which: /** @type {import('./partials.js').Which} */ (which.value) });
  });
  unit.addEventListener('change', () => tools.set({ inCents: unit.value === 'cents' }));
  onChoice('mode', (mode) => tools.set({ mode }));

  const show = () => {
    size.value = String(Math.round(tools.brushPixels));
    showShare(size);
    width.value = String(tools.widthHertz);
    count.value = String(tools.nPartials);
    snap.checked = tools.snap;
    follows.checked = tools.follows;
    which.value = tools.which;
    unit.value = tools.inCents ? 'cents' : 'hertz';
    showChoice('mode', tools.mode);
  };
  tools.addEventListener('change', show);
  show();
}
