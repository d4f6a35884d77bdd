/** The list of strokes: what each did and took; each can be switched off, and chosen. */

import { make, part } from '../page/dom.js';
import { titleOfAction } from './kinds.js';
import { band, louder, time } from './places.js';
import { titleOf } from './settings.js';

/**
 * @typedef {import('../edit/studio.js').Studio} Studio
 * @typedef {import('../edit/edit.js').Entry} Entry
 */

/**
 * @param {Studio} studio
 * @param {(index: number) => void} toggle Switches a stroke on or off.
 */
export function showHistory(studio, toggle) {
  const list = part('history');
  const draw = () => {
    const focused = [...list.children].findIndex((item) =>
      item.contains(document.activeElement),
    );
    const onBox = document.activeElement?.matches('input') ?? false;
    const rows = studio.entries.map((entry, i) => row(studio, entry, i, toggle));
    list.replaceChildren(...rows);
    rows[focused]?.querySelector(onBox ? 'input' : 'button')?.focus({ preventScroll: true });
    const shown = rows[studio.chosen ?? rows.length - 1];
    if (shown) reveal(list, shown);
    part('total').textContent = rows.length ? energy(total(studio)) : '';
  };
  studio.addEventListener('chosen', draw); // which comes after every change
}

/**
 * Scrolls the list, and nothing around it.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} item
 */
function reveal(list, item) {
  const top = item.offsetTop - list.offsetTop;
  const least = top + item.offsetHeight - list.clientHeight;
  list.scrollTop = Math.min(top, Math.max(list.scrollTop, least));
}

/**
 * @param {Studio} studio
 * @param {Entry} entry
 * @param {number} index
 * @param {(index: number) => void} toggle
 */
function row(studio, { stroke, cost }, index, toggle) {
  const isOn = stroke.enabled !== false;
  const share = `${Math.round(cost.share * 100)} %`;
  const remarks = cost.remarks ?? [];
  const words = [`${share} of the painted cells changed`, ...remarks, 'choose it to change it'];
  const box = make('input', { type: 'checkbox', checked: isOn });
  box.setAttribute('aria-label', `Stroke ${index + 1} is heard`);
  box.addEventListener('change', () => toggle(index));
  const choose = make(
    'button',
    { title: words.join('; ') },
    make('span', { className: 'what', textContent: time(stroke, studio.seconds) }),
    make('span', { className: 'share', textContent: louder(cost.decibels) }),
    ...remarks.map((remark) => make('small', { className: 'remark', textContent: remark })),
    make('small', {
      textContent: `${band(stroke, studio.head)} · ${share} · ${took(stroke, cost)}`,
    }),
  );
  choose.addEventListener('click', () => {
    studio.choose(studio.chosen === index ? null : index);
  });
  const check = make('label', { className: 'check', title: 'Hear it or not' }, box);
  const item = make('li', { className: isOn ? '' : 'off' }, check, choose);
  if (studio.chosen === index) item.setAttribute('aria-current', 'true');
  return item;
}

/**
 * @param {import('../edit/session.js').Stroke} stroke
 * @param {import('../edit/session.js').Cost} cost
 */
function took(stroke, cost) {
  const action = /** @type {import('./kinds.js').Action | null} */ (stroke.action ?? null);
  const channels = (stroke.channels ?? 'all') === 'all' ? '' : `, ${stroke.channels}`;
  if (action) {
    return `${Math.round(cost.milliseconds)} ms · ${titleOfAction(action)}${channels}`;
  }
  const level = stroke.level === 'both' || !stroke.level ? '' : `, ${stroke.level}`;
  const inpainter = titleOf(stroke.inpainter ?? 'naive-bayes');
  return `${Math.round(cost.milliseconds)} ms · ${energy(cost)} · ${inpainter}${level}${channels}`;
}

/** @param {Studio} studio */
function total({ entries }) {
  const costs = entries.map(({ cost }) => cost);
  return {
    joules: costs.reduce((sum, { joules }) => sum + joules, 0),
    estimated: costs.some(({ estimated }) => estimated),
  };
}

/** @param {{joules: number, estimated: boolean}} energy */
function energy({ joules, estimated }) {
  return `${estimated ? '≈ ' : ''}${Number(joules.toPrecision(2))} J`;
}
