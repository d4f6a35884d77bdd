/** The zone as four numbers: what encloses it, and a rectangle typed in. */

import { byId } from './controls.js';
import { say } from './message.js';

const FIELDS = ['zone-start', 'zone-stop', 'zone-low', 'zone-high'];

/**
 * @param {import('./zone.js').Zone} zone
 * @param {import('./view.js').View} view
 */
export function connectZoneNumbers(zone, view) {
  /** @type {number[]} What the fields show, unrounded. */
  let exact = [];
  /** @type {string[]} */
  let shown = [];

  const show = () => {
    const bounds = zone.bounds(view.seconds, [view.lowest, view.highest]);
    exact = bounds ? [...bounds.seconds, ...bounds.hertz] : [];
    shown = exact.map((value, i) => value.toFixed(i < 2 ? 3 : 1));
    FIELDS.forEach((id, i) => (byId(id).value = shown[i] ?? ''));
  };

  const typed = () => {
    const whole = [0, view.seconds, 0, view.highest];
    const [start, stop, low, high] = FIELDS.map((id, i) => {
      const { value } = byId(id);
      if (value === shown[i]) return exact[i]; // rounding moves no side that was left as it was
      const most = i < 2 ? view.seconds : view.highest;
      return value === '' ? whole[i] : Math.min(most, Math.max(0, Number(value)));
    });
    if (start < stop && low < high && high > view.lowest) {
      zone.limit([start, stop], [low, high], view.seconds, [view.lowest, view.highest]);
      return;
    }
    const [from, to, bottom, top] = FIELDS.map((id, i) => byId(id).value || String(whole[i]));
    show();
    if (start < stop) say(`The lowest frequency must be below the highest, both from ${view.lowest.toFixed(1)} to ${view.highest.toFixed(1)} Hz; got ${bottom} to ${top} Hz.`, { problem: true });
    else say(`The zone must start before it ends, both from 0 to ${view.seconds.toFixed(3)} s; got ${from} to ${to} s.`, { problem: true });
  };

  zone.addEventListener('change', show);
  for (const id of FIELDS) byId(id).addEventListener('change', typed);
}
