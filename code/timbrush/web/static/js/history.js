/** The list of strokes: what each did and took; choosing one goes there. */

import { titleOf } from './brush.js';
import { byId } from './controls.js';

/** @param {import('./studio.js').Studio} studio */
export function showHistory(studio) {
  const list = byId('history');
  const draw = () => {
    const focused = list.contains(document.activeElement);
    list.replaceChildren(row(studio, 0), ...studio.entries.map((_, i) => row(studio, i + 1)));
    const current = /** @type {HTMLElement} */ (list.querySelector('[aria-current]'));
    reveal(list, current);
    if (focused) current.focus({ preventScroll: true });
    const joules = studio.entries.slice(0, studio.position).reduce((sum, { cost }) => sum + cost.joules, 0);
    byId('total').textContent = studio.position ? energy(joules, studio.entries.some(({ cost }) => cost.estimated)) : '';
  };
  studio.addEventListener('changed', draw);
}

/**
 * Scrolls the list, and nothing around it.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} item
 */
function reveal(list, item) {
  const top = item.offsetTop - list.offsetTop;
  list.scrollTop = Math.min(top, Math.max(list.scrollTop, top + item.offsetHeight - list.clientHeight));
}

/**
 * @param {import('./studio.js').Studio} studio
 * @param {number} position
 */
function row(studio, position) {
  const entry = studio.entries[position - 1];
  const button = document.createElement('button');
  if (position === studio.position) button.setAttribute('aria-current', 'step');
  if (position > studio.position) button.className = 'undone';
  button.append(text('span', 'number', String(position)));
  button.append(text('span', 'what', entry ? where(entry.stroke, studio.seconds) : 'Original'));
  if (entry) {
    button.append(text('span', 'share', `${Math.round(entry.cost.share * 100)} %`));
    button.append(text('small', '', cost(entry)));
    button.title = `${Math.round(entry.cost.share * 100)} % of the painted codes changed`;
  } else {
    button.append(text('span', '', ''), text('small', '', 'as it was opened'));
  }
  button.addEventListener('click', () => studio.goTo(position));
  const item = document.createElement('li');
  item.append(button);
  return item;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} textContent
 */
function text(tag, className, textContent) {
  return Object.assign(document.createElement(tag), { className, textContent });
}

/**
 * @param {import('./session.js').Stroke} stroke
 * @param {number} seconds
 */
function where(stroke, seconds) {
  const shapes = stroke.zone?.length ? stroke.zone : stroke.seconds ? [{ shape: 'rectangle' }] : [];
  const kind = shapes.length === 1 ? shapes[0].shape : shapes.length ? `${shapes.length} shapes` : 'whole sound';
  const times = stroke.seconds ?? shapes.flatMap((/** @type {any} */ shape) => shape.seconds ?? shape.points?.map((/** @type {number[]} */ p) => p[0]) ?? [0, seconds]);
  const span = times.length ? ` ${Math.min(...times).toFixed(2)} – ${Math.max(...times).toFixed(2)} s` : '';
  return `${titleOf(kind)}${span}`;
}

/** @param {import('./studio.js').Entry} entry */
function cost({ stroke, cost: { milliseconds, joules, estimated } }) {
  const level = stroke.level === 'both' || !stroke.level ? '' : `, ${stroke.level}`;
  return `${Math.round(milliseconds)} ms · ${energy(joules, estimated)} · ${titleOf(stroke.inpainter ?? 'naive-bayes')}${level}`;
}

/**
 * @param {number} joules
 * @param {boolean} estimated
 */
function energy(joules, estimated) {
  return `${estimated ? '≈ ' : ''}${Number(joules.toPrecision(2))} J`;
}
