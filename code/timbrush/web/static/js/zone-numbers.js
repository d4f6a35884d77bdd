/** The zone as four numbers: what encloses it, and a rectangle typed in. */

import { byId } from './controls.js';

const FIELDS = ['zone-start', 'zone-stop', 'zone-low', 'zone-high'];

/**
 * @param {import('./zone.js').Zone} zone
 * @param {import('./view.js').View} view
 */
export function connectZoneNumbers(zone, view) {
  zone.addEventListener('change', () => {
    const bounds = zone.bounds(view.seconds, [view.lowest, view.highest]);
    const values = bounds ? [...bounds.seconds.map((t) => t.toFixed(3)), ...bounds.hertz.map((f) => f.toFixed(1))] : [];
    FIELDS.forEach((id, i) => (byId(id).value = values[i] ?? ''));
  });
  const typed = () => {
    const [start, stop, low, high] = FIELDS.map((id, i) => {
      const { value } = byId(id);
      return value === '' ? [0, view.seconds, 0, view.highest][i] : Number(value);
    });
    if (!(start < stop && low < high)) return;
    zone.set([{ shape: 'rectangle', mode: 'add', seconds: [start, stop], hertz: [low, high] }]);
  };
  for (const id of FIELDS) byId(id).addEventListener('change', typed);
}
