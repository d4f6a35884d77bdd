/** What the message line says of the edit. */

import { say } from './message.js';

/** @param {import('../edit/studio.js').Studio} studio */
export function connectNews(studio) {
  studio.addEventListener('opened', () => {
    const n = studio.head?.n_channels ?? 1;
    const first = `You hear the first two of ${n} channels; all are painted and saved.`;
    const hint = 'Draw on the picture: on release the zone is repainted and plays.';
    const remarks = studio.head?.remarks ?? [];
    if (remarks.length) say(remarks.join(' · '), { problem: true });
    else say(n > 2 ? `${hint} ${first}` : hint);
  });
  studio.addEventListener('changed', () => {
    const { entries } = studio;
    const last = entries.at(-1);
    const remarks = last?.cost.remarks ?? [];
    if (last) {
      const words = [effect(last), ...remarks].join('; ');
      say(`Stroke ${entries.length}: ${words}.`, { problem: remarks.length > 0 });
    } else if (studio.canRedo) say('The original, without a stroke.');
  });
  studio.addEventListener('problem', (event) => {
    say(/** @type {CustomEvent<string>} */ (event).detail, { problem: true });
  });
}

/** @param {import('../edit/edit.js').Entry} entry */
function effect({ cost }) {
  const share = Math.round(cost.share * 100);
  return `${share} % of the painted cells changed in ${Math.round(cost.milliseconds)} ms`;
}
