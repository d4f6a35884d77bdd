/** The list of strokes: what each did and took; choosing one goes there. */

import { make, part } from '../page/dom.js';
import { clock } from '../sound/clock.js';
import { titleOf } from './settings.js';

/** @typedef {import('../edit/studio.js').Studio} Studio */

/** @param {Studio} studio */
export function showHistory(studio) {
  const list = part('history');
  const draw = () => {
    const focused = list.contains(document.activeElement);
    const rows = [
      original(studio),
      ...studio.entries.map((entry, i) => row(studio, entry, i + 1)),
    ];
    list.replaceChildren(...rows.map((button) => make('li', {}, button)));
    const current = rows[studio.position];
    reveal(list, current);
    if (focused) current.focus({ preventScroll: true });
    part('total').textContent = studio.position ? energy(total(studio)) : '';
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
  const least = top + item.offsetHeight - list.clientHeight;
  list.scrollTop = Math.min(top, Math.max(list.scrollTop, least));
}

/** @param {Studio} studio */
function original(studio) {
  return choice(studio, 0, 'Original', '', 'as it was opened');
}

/**
 * @param {Studio} studio
 * @param {import('../edit/edit.js').Entry} entry
 * @param {number} position
 */
function row(studio, { stroke, cost }, position) {
  const share = `${Math.round(cost.share * 100)} %`;
  const button = choice(
    studio,
    position,
    place(stroke, studio.seconds),
    share,
    took(stroke, cost),
  );
  button.title = `${share} of the painted codes changed`;
  return button;
}

/**
 * @param {Studio} studio
 * @param {number} position
 * @param {string} what
 * @param {string} share
 * @param {string} remark
 */
function choice(studio, position, what, share, remark) {
  const button = make(
    'button',
    { className: position > studio.position ? 'undone' : '' },
    make('span', { className: 'number', textContent: String(position) }),
    make('span', { className: 'what', textContent: what }),
    make('span', { className: 'share', textContent: share }),
    make('small', { textContent: remark }),
  );
  if (position === studio.position) button.setAttribute('aria-current', 'step');
  button.addEventListener('click', () => studio.goTo(position));
  return button;
}

/**
 * @param {import('../edit/session.js').Stroke} stroke
 * @param {number} seconds Length of the sound.
 */
function place({ zone = [], seconds: times = null }, seconds) {
  const bounded = times ? 'rectangle' : 'whole sound';
  const kind = zone.length > 1 ? `${zone.length} shapes` : (zone[0]?.shape ?? bounded);
  const reached = times ?? zone.flatMap((shape) => shape.seconds ?? timesOf(shape, seconds));
  if (!reached.length) return titleOf(kind);
  const [first, last] = [Math.min(...reached), Math.max(...reached)];
  return `${titleOf(kind)} ${clock(first, 0.01)} – ${clock(last, 0.01)}`;
}

/**
 * @param {import('../zone/shapes.js').Shape} shape
 * @param {number} seconds
 */
function timesOf(shape, seconds) {
  return shape.points?.map(([time]) => time) ?? [0, seconds];
}

/**
 * @param {import('../edit/session.js').Stroke} stroke
 * @param {import('../edit/session.js').Cost} cost
 */
function took(stroke, cost) {
  const level = stroke.level === 'both' || !stroke.level ? '' : `, ${stroke.level}`;
  const inpainter = titleOf(stroke.inpainter ?? 'naive-bayes');
  return `${Math.round(cost.milliseconds)} ms · ${energy(cost)} · ${inpainter}${level}`;
}

/** @param {Studio} studio */
function total({ entries, position }) {
  const costs = entries.slice(0, position).map(({ cost }) => cost);
  return {
    joules: costs.reduce((sum, { joules }) => sum + joules, 0),
    estimated: costs.some(({ estimated }) => estimated),
  };
}

/** @param {{joules: number, estimated: boolean}} energy */
function energy({ joules, estimated }) {
  return `${estimated ? '≈ ' : ''}${Number(joules.toPrecision(2))} J`;
}
