/** The zone as four numbers: what encloses it, and a rectangle typed in. */

import { input } from '../page/dom.js';
import { say } from '../page/message.js';

const FIELDS = ['zone-start', 'zone-stop', 'zone-low', 'zone-high'].map((id) => ({
  id,
  digits: id === 'zone-start' || id === 'zone-stop' ? 3 : 1,
}));

/** @param {import('./zone.js').Zone} zone */
export function connectZoneNumbers(zone) {
  const fields = FIELDS.map(({ id }) => input(id));
  /** @type {number[]} What the fields show, unrounded. */
  let exact = [];
  /** @type {string[]} */
  let shown = [];

  const show = () => {
    const { bounds } = zone;
    exact = bounds ? [...bounds.seconds, ...bounds.hertz] : [];
    shown = exact.map((value, i) => value.toFixed(FIELDS[i].digits));
    fields.forEach((field, i) => (field.value = shown[i] ?? ''));
  };

  const typed = () => {
    const { whole } = zone;
    const [end, top] = [whole.seconds[1], whole.hertz[1]];
    const all = [0, end, 0, top];
    const entered = fields.map((field, i) => field.value || String(all[i]));
    const [start, stop, low, high] = fields.map(({ value }, i) => {
      if (value === shown[i]) return exact[i]; // rounding moves no side that was left as it was
      return value === '' ? all[i] : Math.min(i < 2 ? end : top, Math.max(0, Number(value)));
    });
    if (start < stop && low < high && high > whole.hertz[0]) {
      zone.limit({ seconds: [start, stop], hertz: [low, high] });
      return;
    }
    show();
    say(start < stop ? wrongBand(whole.hertz, entered) : wrongTime(end, entered), {
      problem: true,
    });
  };

  zone.addEventListener('change', show);
  for (const field of fields) field.addEventListener('change', typed);
}

/** @param {[number, number]} band @param {string[]} entered */
function wrongBand([lowest, highest], [, , low, high]) {
  const band = `${lowest.toFixed(1)} to ${highest.toFixed(1)} Hz`;
  const got = `got ${low} to ${high} Hz`;
  return `The lowest frequency must be below the highest, both from ${band}; ${got}.`;
}

/** @param {number} end @param {string[]} entered */
function wrongTime(end, [start, stop]) {
  const span = `0 to ${end.toFixed(3)} s`;
  return `The zone must start before it ends, both from ${span}; got ${start} to ${stop} s.`;
}
